using Bytemill.Corpus;

namespace Bytemill.Tests;

public sealed class InputExpressionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a/*.parquet", "a/*.parquet", null, false)]
    [InlineData("a/*.parquet@2", "a/*.parquet", 2, false)]
    [InlineData("user@host", "user@host", null, false)]
    [InlineData("@list.txt", "list.txt", null, true)]
    [InlineData("@list.txt@10", "list.txt", 10, true)]
    [InlineData("a@b@1000000", "a@b", 1_000_000, false)]
    public void Parse_Input_HasPatternAndWeight(string text, string pattern, int? weight, bool isList) =>
        Assert.Equal(new InputExpression(pattern, weight, isList), InputExpression.Parse(text));

    [Theory]
    [InlineData("a@0", "a weight (after '@') must be in [1..1000000]; found 0.")]
    [InlineData("a@99999999999", "a weight (after '@') must be in [1..1000000]; found 99999999999.")]
    [InlineData("@", "there is no path in it.")]
    [InlineData(" ", "An input is an empty string")]
    public void Parse_WrongInput_SaysWhy(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<CorpusException>(() => InputExpression.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void ResolveFiles_WeightsAndLists_AreWhatTheySay()
    {
        string a = _folder.Touch("x/a.parquet");
        string b = _folder.Touch("x/b.jsonl");
        string odd = _folder.Touch("c.txt@7");
        string list = _folder.File("list.txt");
        File.WriteAllText(list, $"# mine\n\nx/a.parquet@3\r\n{Path.Combine(_folder.Root, "x", "*.jsonl")}\n");

        Assert.Equal([new InputFile(a, 3), new InputFile(b, 1)], InputResolver.ResolveFiles([$"@{list}"]));
        Assert.Equal([new InputFile(a, 3), new InputFile(b, 5)], InputResolver.ResolveFiles([$"@{list}@5"]));
        Assert.Equal([new InputFile(odd, 1)], InputResolver.ResolveFiles([odd]));
        Assert.Equal([new InputFile(odd, 2)], InputResolver.ResolveFiles([odd + "@2"]));
        Assert.Equal([new InputFile(a, 2)], InputResolver.ResolveFiles([a + "@2", Path.Combine(_folder.Root, "x") + "@2"]));
        CorpusException two = Assert.Throws<CorpusException>(() => InputResolver.ResolveFiles([a, Path.Combine(_folder.Root, "x") + "@2"]));
        Assert.Contains($"{a} is named with the weights 1 and 2.", two.Message, StringComparison.Ordinal);
        File.WriteAllText(list, "# nothing\n");
        Assert.Contains("the list names no input", Assert.Throws<CorpusException>(() => InputResolver.ResolveFiles([$"@{list}"])).Message, StringComparison.Ordinal);
        File.WriteAllText(list, "@list.txt\n");
        Assert.Contains("line 1: a list cannot name another list", Assert.Throws<CorpusException>(() => InputResolver.ResolveFiles([$"@{list}"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_DirectoryWithoutParquet_HasItsLines()
    {
        string text = _folder.Touch("d/notes.txt");
        Assert.Equal([text], InputResolver.Resolve([_folder.Root]));
        string json = _folder.Touch("d/e/a.jsonl.zst");
        Assert.Equal([json], InputResolver.Resolve([_folder.Root]));
        string parquet = _folder.Touch("a.parquet");
        Assert.Equal([parquet], InputResolver.Resolve([_folder.Root]));
    }
}

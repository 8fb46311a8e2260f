using System.Text.Json;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

/// <summary><c>bytemill continue</c> as a person and a program meet it.</summary>
[Collection(CommandTests.Name)]
public sealed class ContinueCommandTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly Tokenizer _tokenizer = new(TestModels.Small(special: ["<|end|>"]));

    public ContinueCommandTests()
    {
        using FileStream model = File.Create(_directory["small.bytemill"]);
        ModelFile.Write(_tokenizer.Model, model);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Continue_FileOfPrompts_AnObjectForEachLine()
    {
        string[] prompts = ["in the th", "", "中", "the<|end|>th", "q"];
        File.WriteAllText(_directory["prompts.txt"], string.Join('\n', prompts));
        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync(
            "continue", "--model", _directory["small.bytemill"], _directory["prompts.txt"], "--json", "--special", "<|end|>", "--bos");
        Assert.True(exitCode == 0, string.Join('\n', errors));
        string[] lines = [.. output.Where(line => line.Length > 0)];
        Assert.Equal(prompts.Length, lines.Length);
        for (int i = 0; i < prompts.Length; i++)
        {
            PromptContinuation expected = _tokenizer.Continue(prompts[i], new EncodeOptions { AddBos = true, AllowedSpecial = ["<|end|>"] });
            using JsonDocument found = JsonDocument.Parse(lines[i]);
            Assert.Equal(expected.Kept, Ids(found, "kept"));
            Assert.Equal(Convert.ToHexStringLower(expected.Next.HeldBack.Span), found.RootElement.GetProperty("held_back_hex").GetString());
            Assert.Equal(expected.Next.Prefixes, Ids(found, "prefixes"));
            bool isAny = expected.Next.HeldBack.IsEmpty;
            Assert.Equal(isAny, found.RootElement.GetProperty("any_next").GetBoolean());
            Assert.Equal(isAny ? [] : expected.Next.Extending.ToArray(), Ids(found, "extending"));
        }
    }

    [Fact]
    public async Task Continue_Text_SaysWhatIsKeptHeldBackAndNext()
    {
        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync(
            "continue", "--model", _directory["small.bytemill"], "--text", "q中", "--top", "2");
        Assert.True(exitCode == 0, string.Join('\n', errors));
        Assert.Equal(
            [
                "kept        1: 116 q",
                "held back   3: 中",
                $"extending   2: {Id("中")} 中  {Id("中文")} 中文",
                $"prefixes    1: {0xE4 + Vocabulary.FirstPieceId} <0xE4>",
            ],
            output.Where(line => line.Length > 0));
    }

    [Theory]
    [InlineData("--text a other.txt", "--text")]
    [InlineData("--text a --special <none>", "<none>")]
    [InlineData("--text a --top -1", "--top")]
    public async Task Continue_WrongUse_OneLineAndExitCode2(string arguments, string named)
    {
        (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync(["continue", "--model", _directory["small.bytemill"], .. arguments.Split(' ')]);
        Assert.Equal(2, exitCode);
        Assert.Contains(named, Assert.Single(errors, error => error.Length > 0), StringComparison.Ordinal);
    }

    private int Id(string piece) => _tokenizer.Model.Vocabulary.TryGetId(System.Text.Encoding.UTF8.GetBytes(piece), out int id) ? id : -1;

    private static int[] Ids(JsonDocument found, string name) => [.. found.RootElement.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}

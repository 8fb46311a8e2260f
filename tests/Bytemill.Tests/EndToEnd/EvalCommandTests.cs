using System.Text.Json;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

/// <summary><c>eval</c> in a process of its own.</summary>
[Collection(CommandTests.Name)]
public sealed class EvalCommandTests : IDisposable
{
    private static readonly string[] s_texts = ["the thing in 中文\n", "aaaa 123", "ééé <eos>", "the the the"];

    private readonly TestDirectory _directory = new();

    public EvalCommandTests()
    {
        TestCorpus.Write(_directory["in"], s_texts, files: 2, rowsPerGroup: 1);
        File.WriteAllBytes(_directory["small.bytemill"], FormatModels.Write(FormatModels.Plain, ModelFormat.Bytemill));
        File.WriteAllBytes(_directory["digits.bytemill"], FormatModels.Write(
            new TokenizerModel(FormatModels.Vocabulary, new ModelOptions { IsolateDigits = true }), ModelFormat.Bytemill));
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_ModelsOfSeveralFormats_SideBySideInAllReports()
    {
        string[] formats = Enum.GetNames<ModelFormat>();
        foreach (string format in formats)
        {
            File.WriteAllBytes(_directory[format], FormatModels.Write(FormatModels.Plain, Enum.Parse<ModelFormat>(format)));
        }

        string[] arguments =
        [
            "eval", "--model", _directory["digits.bytemill"], .. formats.SelectMany(format => (string[])["--model", _directory[format]]),
            "--input", _directory["in"], "--group-by", "lang",
        ];
        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync([.. arguments, "--json", "--html", _directory["r.html"], "--counts", _directory["c.tsv"]]);
        Assert.True(exitCode == 0, string.Join('\n', errors));
        using JsonDocument json = JsonDocument.Parse(string.Join('\n', output));
        JsonElement[] models = [.. json.RootElement.GetProperty("models").EnumerateArray()];
        Assert.Equal(["digits.bytemill", .. formats], models.Select(model => model.GetProperty("name").GetString()));
        long[] tokens = [.. models.Select(model => model.GetProperty("tokens").GetInt64())];
        var tokenizer = new Tokenizer(FormatModels.Plain);
        Assert.Equal(Enumerable.Repeat(s_texts.Sum(text => (long)tokenizer.Encode(text).Length), formats.Length), tokens[1..]);
        Assert.Equal(4, json.RootElement.GetProperty("texts").GetInt64());
        string page = File.ReadAllText(_directory["r.html"]);
        Assert.Equal(4, page.Split("<svg").Length);
        Assert.Contains("digits.bytemill", page, StringComparison.Ordinal);
        Assert.StartsWith("model\tid\t", File.ReadAllText(_directory["c.tsv"]), StringComparison.Ordinal);

        // Nothing written over, unless told to; the tables are plain where they are piped.
        (exitCode, _, errors) = await BytemillProcess.RunAsync([.. arguments, "--html", _directory["r.html"]]);
        Assert.Equal(2, exitCode);
        Assert.Contains("--overwrite", Assert.Single(errors, error => error.Length > 0), StringComparison.Ordinal);
        (exitCode, output, errors) = await BytemillProcess.RunAsync([.. arguments, "--html", _directory["r.html"], "--overwrite", "--workers", "1"]);
        Assert.True(exitCode == 0, string.Join('\n', errors));
        Assert.Equal(page, File.ReadAllText(_directory["r.html"]));
        string text = string.Join('\n', output);
        Assert.DoesNotContain('\e', text);
        Assert.All((string[])["Rényi efficiency", "unused pieces", "Bytes per token by lang", "single bytes"], name => Assert.Contains(name, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--input {dir}/in", "--model")]
    [InlineData("--model {dir}/small.bytemill", "--input")]
    [InlineData("--model - --input {dir}/in", "No model at '-'")]
    [InlineData("--model {dir}/small.bytemill --input {dir}/in --group-by language", "--group-by language")]
    [InlineData("--model {dir}/small.bytemill --input {dir}/in --text-column body", "--text-column")]
    [InlineData("--model {dir}/small.bytemill --input {dir}/in --html {dir}/none/r.html", "--html '{dir}/none/r.html': there is no directory '{dir}/none'")]
    [InlineData("--model {dir}/small.bytemill --input {dir}/in --counts {dir}/in", "is a directory")]
    [InlineData("--model {dir}/in/part-0.parquet --input {dir}/in", "part-0.parquet")]
    [InlineData("--model {dir}/small.bytemill --input {dir}/in --workers 0", "--workers")]
    public async Task Run_WrongUse_OneLineThatSaysWhat(string arguments, string message)
    {
        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync(
            ["eval", .. arguments.Split(' ').Select(argument => argument.Replace("{dir}", _directory.Path, StringComparison.Ordinal))]);
        Assert.Equal(2, exitCode);
        Assert.Contains(message.Replace("{dir}", _directory.Path, StringComparison.Ordinal), Assert.Single(errors, error => error.Length > 0), StringComparison.Ordinal);
        Assert.Empty(output);
    }
}

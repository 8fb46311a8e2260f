using System.Runtime.InteropServices;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>The program as a person meets it: errors, help, Ctrl-C.</summary>
[Collection(CommandTests.Name)]
public sealed class CommandLineTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public CommandLineTests() => TestCorpus.Write(_directory["in"], ["one text", "another text", "and a third"], files: 2, rowsPerGroup: 1);

    public void Dispose() => _directory.Dispose();

    // What is wrong, the arguments ({dir} is the test's directory), what the line must name.
    public static TheoryData<string, string, string[]> WrongUses => new()
    {
        { "no match", "run --input {dir}/none/*.parquet --output {dir}/out", ["none/*.parquet"] },
        { "no column", "run --input {dir}/in/*.parquet --text-column body --output {dir}/out", ["body", "id", "lang", "text", "--text-column", "part-0.parquet"] },
        { "not Parquet", "run --input {dir}/notes.md --output {dir}/out", ["notes.md", "Parquet"] },
        { "vocabulary too small", "run --input {dir}/in --vocab-size 258 --output {dir}/out", ["259", "258"] },
        { "output in use", "run --input {dir}/in --output {dir}/full", ["{dir}/full", "--overwrite"] },
        { "foreign output", "run --input {dir}/in --output {dir}/foreign --overwrite", ["{dir}/foreign"] },
        { "output is a file", "run --input {dir}/in --output {dir}/notes.md", ["notes.md"] },
        { "column to keep", "run --input {dir}/in --keep id,author --output {dir}/out", ["author", "id"] },
        { "order", "run --input {dir}/in --order 9 --output {dir}/out", ["1..8", "9"] },
        { "size to tokenize with", "run --input {dir}/in --vocab-size 400,300 --tokenize-with 350 --output {dir}/out", ["350", "400", "300"] },
        { "no input", "run --output {dir}/out", ["--input"] },
        { "no output", "run --input {dir}/in", ["--output"] },
        { "unknown option", "run --inputs {dir}/in --output {dir}/out", ["inputs"] },
        { "not a number", "run --input {dir}/in --order six --output {dir}/out", ["six"] },
        { "method of sampling", "run --input {dir}/in --sampling nbest --output {dir}/out", ["exact", "viterbi", "nbest"] },
        { "alpha without sampling", "tokenize --model m --input {dir}/in --alpha 0.5 --output {dir}/out", ["--alpha", "--sampling"] },
        { "alpha", "run --input {dir}/in --sampling exact --alpha -0.5 --output {dir}/out", ["--alpha", "0..1000", "-0.5"] },
        { "epochs", "run --input {dir}/in --sampling exact --epochs 0 --output {dir}/out", ["--epochs", "1..1000", "0"] },
        { "memory", "run --input {dir}/in --memory lots --output {dir}/out", ["lots", "512MB"] },
        { "too little memory", "run --input {dir}/in --memory 64MB --output {dir}/out", ["--memory", "128MiB", "64000000"] },
        { "spill directory is a file", "run --input {dir}/in --spill-dir {dir}/notes.md --output {dir}/out", ["{dir}/notes.md", "--spill-dir"] },
        { "no model", "tokenize --input {dir}/in --model {dir}/none.bytemill --output {dir}/out", ["none.bytemill", "--model"] },
        { "not a model", "tokenize --input {dir}/in --model {dir}/notes.md --output {dir}/out", ["notes.md"] },
        { "unknown command", "trian", ["trian"] },
    };

    [Theory]
    [MemberData(nameof(WrongUses))]
    public async Task Run_WrongUse_OneLineExitCode2AndNothingTouched(string what, string arguments, string[] named)
    {
        File.WriteAllText(_directory["notes.md"], "This is not a Parquet file, only some words about one.");
        Directory.CreateDirectory(_directory["full"]);
        File.WriteAllText(_directory["full/_SUCCESS"], "");
        File.WriteAllText(_directory["full/manifest.json"], EarlierManifest);
        Directory.CreateDirectory(_directory["foreign"]);
        File.WriteAllText(_directory["foreign/thesis.tex"], "ten years of work");
        SortedDictionary<string, byte[]> before = _directory.Snapshot();

        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync(
            [.. arguments.Split(' ').Select(argument => argument.Replace("{dir}", _directory.Path, StringComparison.Ordinal))]);

        Assert.True(exitCode == 2, $"{what}: exit code {exitCode}: {string.Join('\n', errors)}");
        string line = Assert.Single(errors, error => error.Length > 0);
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.All(named, name => Assert.Contains(name.Replace("{dir}", _directory.Path, StringComparison.Ordinal), line, StringComparison.Ordinal));
        Assert.Empty(output);
        SortedDictionary<string, byte[]> after = _directory.Snapshot();
        Assert.Equal(before.Keys, after.Keys);
        Assert.All(before, file => Assert.Equal(file.Value, after[file.Key]));
        Assert.False(Directory.Exists(_directory["out"]));
    }

    [Theory]
    [InlineData("run")]
    [InlineData("train")]
    [InlineData("tokenize")]
    [InlineData("verify")]
    [InlineData("convert")]
    [InlineData("encode")]
    [InlineData("decode")]
    [InlineData("inspect")]
    [InlineData("eval")]
    [InlineData("node")]
    public async Task Help_OfACommand_TeachesByExample(string command)
    {
        (int exitCode, string[] output, _) = await BytemillProcess.RunAsync(command, "--help");
        Assert.Equal(0, exitCode);
        string text = string.Join('\n', output);
        Assert.Contains("EXAMPLES", text, StringComparison.Ordinal);
        Assert.Contains($"bytemill {command}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Piped_WritesPlainLinesAndASummary()
    {
        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync(
            "run", "--input", _directory["in"], "--vocab-size", "300", "--output", _directory["out"]);
        Assert.True(exitCode == 0, string.Join('\n', errors));
        string text = string.Join('\n', output);
        Assert.DoesNotContain("\u001b", text, StringComparison.Ordinal);
        Assert.Contains("bytes per token", text, StringComparison.Ordinal);
        Assert.Contains(_directory["out/model.bytemill"], text, StringComparison.Ordinal);
        Assert.True(File.Exists(_directory["out/_SUCCESS"]));
    }

    [Fact]
    public async Task Run_Overwrite_ReplacesOnlyEarlierResults()
    {
        string[] run = ["run", "--input", _directory["in"], "--vocab-size", "300", "--output", _directory["out"]];
        Assert.Equal(0, (await BytemillProcess.RunAsync(run)).ExitCode);
        File.WriteAllText(_directory["out/notes.md"], "mine");
        (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync([.. run, "--overwrite", "--keep", "id"]);
        Assert.True(exitCode == 0, string.Join('\n', errors));
        Assert.Equal("mine", File.ReadAllText(_directory["out/notes.md"]));
        Assert.True(File.Exists(_directory["out/_SUCCESS"]));
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task Run_Interrupted_StopsAndSaysHowToGoOn(PosixSignal signal)
    {
        Assert.SkipWhen(
            signal == PosixSignal.SIGINT && IsInterruptIgnored(),
            "The shell that started the tests in the background lets no child be interrupted, and the child keeps to that.");

        // Large enough to be still running when the signal comes.
        string text = string.Join(' ', Enumerable.Range(0, 4_000).Select(i => $"word{i * 7919 % 10_007}"));
        TestCorpus.Write(_directory["big"], [.. Enumerable.Range(0, 300).Select(i => $"{i} {text} {i * 31}")], files: 2, rowsPerGroup: 50);
        await using BytemillProcess run = BytemillProcess.Start("run", "--input", _directory["big"], "--order", "8", "--output", _directory["out"]);
        await run.FirstLineAsync();
        run.Signal(signal);
        Assert.Equal(130, await run.ExitCodeAsync());
        // On a busy machine Akka.NET may say beside it that its end took long.
        string line = Assert.Single(run.Errors, error => error.StartsWith("error: ", StringComparison.Ordinal));
        Assert.Contains("stopped", line, StringComparison.Ordinal);
        Assert.EndsWith($"bytemill run --input {_directory["big"]} --order 8 --output {_directory["out"]} --resume", line, StringComparison.Ordinal);
        Assert.Equal([WorkDirectory.NameInOutput], Directory.EnumerateFileSystemEntries(_directory["out"]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Convert_ToBytePieceAndBack_KeepsPiecesAndCounts()
    {
        Assert.Equal(0, (await BytemillProcess.RunAsync("train", "--input", _directory["in"], "--vocab-size", "300", "--output", _directory["out"])).ExitCode);
        Assert.Equal(0, (await BytemillProcess.RunAsync("convert", _directory["out/model.bytemill"], _directory["m.json"], "--to", "bytepiece")).ExitCode);
        Assert.Equal(0, (await BytemillProcess.RunAsync("convert", _directory["m.json"], _directory["m.bytemill"], "--from", "bytepiece")).ExitCode);
        Assert.Equal(0, (await BytemillProcess.RunAsync("convert", _directory["m.bytemill"], _directory["m2.json"], "--to", "bytepiece")).ExitCode);
        Assert.Equal(File.ReadAllBytes(_directory["m.json"]), File.ReadAllBytes(_directory["m2.json"]));
        Assert.Equal(2, (await BytemillProcess.RunAsync("convert", _directory["m.json"], _directory["m.bytemill"], "--from", "bytepiece")).ExitCode);
    }

    // Signals are ignored across exec; SigIgn has a bit for each, the lowest for signal 1, and SIGINT is 2.
    private static bool IsInterruptIgnored() =>
        File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is var line
        && (Convert.ToUInt64(line["SigIgn:".Length..].Trim(), 16) & 2) != 0;

    private const string EarlierManifest =
        $$"""
        {
          "format": "{{ResultManifest.CurrentFormat}}", "version": "0", "mode": "train", "text_column": "text", "inputs": [], "models": [],
          "outputs": [], "statistics": { "rows": 0, "text_bytes": 0, "normalized_bytes": 0 }, "phases": []
        }
        """;
}

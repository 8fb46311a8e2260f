using Bytemill.Tokenization;

namespace Bytemill.Tests;

/// <summary><c>bytemill convert</c> as a person meets it.</summary>
[Collection(CommandTests.Name)]
public sealed class ConvertCommandTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public ConvertCommandTests()
    {
        File.WriteAllBytes(_directory["m.bytemill"], FormatModels.Write(FormatModels.Full, ModelFormat.Bytemill));
        File.WriteAllBytes(_directory["m.json"], FormatModels.Write(FormatModels.Plain, ModelFormat.BytePiece));
        File.WriteAllText(_directory["notes.txt"], "not a model");
    }

    public static TheoryData<string, string[]> WrongUses => new()
    {
        { "{dir}/none.json {dir}/out.tsv", ["No model at '{dir}/none.json'"] },
        { "{dir}/m.bytemill {dir}/out.xyz", ["'{dir}/out.xyz' tells no format", "--to", "huggingface"] },
        { "{dir}/m.bytemill {dir}/out.tsv --to onnx", ["--to is bytemill, compiled, bytepiece, huggingface, sentencepiece or tsv; found 'onnx'"] },
        { "{dir}/m.bytemill {dir}/m.json", ["'{dir}/m.json' exists", "--force"] },
        { "{dir}/m.bytemill {dir} --to tsv", ["'{dir}' is a folder"] },
        { "{dir}/m.json {dir}/out.tsv --from tsv", ["--from says tsv, but the contents are bytepiece"] },
        { "{dir}/m.bytemill -", ["Standard output has no name that tells a format", "--to"] },
        { "- {dir}/out.tsv", ["standard input, byte 0: found an empty file"] },
        { "{dir}/notes.txt {dir}/out.tsv", ["{dir}/notes.txt, byte 0: found bytes 6E6F742061206D6F64656C; expected a model of Bytemill"] },
    };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Convert_ThroughEveryFormat_EndsWithTheSameFile()
    {
        string[] files = ["m.bytemill", "a.tsv", "hub/", "hub/tokenizer.json", "a.model", "c.bytemillc", "b.bytemill"];
        for (int i = 0; i < files.Length - 1; i++)
        {
            if (!files[i].EndsWith('/'))
            {
                (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync("convert", _directory[files[i]], _directory.Path + "/" + files[i + 1]);
                Assert.True(exitCode == 0, string.Join('\n', errors));
                Assert.Contains($": {FormatModels.Full.IdCount} ids (", output[0], StringComparison.Ordinal);
            }
            else
            {
                Assert.True(File.Exists(_directory[files[i] + "tokenizer_config.json"]));
            }
        }

        Assert.Equal(File.ReadAllBytes(_directory["m.bytemill"]), File.ReadAllBytes(_directory["b.bytemill"]));
    }

    [Fact]
    public async Task Convert_ToStandardOutput_WritesTheFileAlone()
    {
        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync("convert", _directory["m.bytemill"], "-", "--to", "tsv");
        Assert.Equal(0, exitCode);
        Assert.Equal(FormatModels.Write(FormatModels.Full, ModelFormat.Tsv), System.Text.Encoding.UTF8.GetBytes(string.Concat(output.Select(line => line + "\n"))));
        Assert.Equal($"standard output: {FormatModels.Full.IdCount} ids (tsv)", errors[0]);
    }

    [Fact]
    public async Task Convert_GigabytesOfZeros_AreRefusedByTheirBeginning()
    {
        using (FileStream file = File.Create(_directory["zeros.model"]))
        {
            // Sparse: nothing is written.
            file.SetLength(2L << 30);
        }

        (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync("convert", _directory["zeros.model"], _directory["out.tsv"]);
        Assert.Equal(2, exitCode);
        Assert.StartsWith($"error: {_directory["zeros.model"]}, byte 0: found bytes 0000", Assert.Single(errors, error => error.Length > 0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encode_ModelThatIsNone_IsNamedOnceWithItsFolder()
    {
        File.WriteAllBytes(_directory["cut.json"], FormatModels.Write(FormatModels.Plain, ModelFormat.BytePiece)[..99]);
        foreach (string name in new[] { "notes.txt", "cut.json" })
        {
            (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync("encode", "--model", _directory[name], "--text", "a");
            Assert.Equal(2, exitCode);
            string line = Assert.Single(errors, error => error.Length > 0);
            Assert.StartsWith($"error: {_directory[name]}, ", line, StringComparison.Ordinal);
            Assert.Equal(line.IndexOf(name, StringComparison.Ordinal), line.LastIndexOf(name, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Tokenize_ModelOfAnotherFormat_SaysHowToConvertIt()
    {
        (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync(
            "tokenize", "--model", _directory["m.json"], "--input", _directory.Path, "--output", _directory["out"]);
        Assert.Equal(2, exitCode);
        Assert.Contains($"{_directory["m.json"]}: found a model in the format BytePiece; jobs take model.bytemill. Convert it first: bytemill convert", Assert.Single(errors, error => error.Length > 0), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WrongUses))]
    public async Task Convert_WrongUse_OneLineExitCode2AndNothingTouched(string arguments, string[] named)
    {
        SortedDictionary<string, byte[]> before = _directory.Snapshot();
        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync(
            ["convert", .. arguments.Split(' ').Select(argument => argument.Replace("{dir}", _directory.Path, StringComparison.Ordinal))]);
        Assert.Equal(2, exitCode);
        string line = Assert.Single(errors, error => error.Length > 0);
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.All(named, name => Assert.Contains(name.Replace("{dir}", _directory.Path, StringComparison.Ordinal), line, StringComparison.Ordinal));
        Assert.Empty(output);
        Assert.Equal(before.Keys, _directory.Snapshot().Keys);
    }
}

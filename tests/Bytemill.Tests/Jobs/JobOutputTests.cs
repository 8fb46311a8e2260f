using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>What a job may put where, and that nothing else is ever removed.</summary>
public sealed class JobOutputTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private string Out => _directory["out"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void CheckNames_ForeignFileInTheWay_IsRefusedAndNamed()
    {
        Write("part-0.parquet");
        JobInputException error = Assert.Throws<JobInputException>(() => JobOutput.CheckNames(Out, ["model.bytemill", "part-0.parquet"]));
        Assert.Contains(Path.Combine(Out, "part-0.parquet"), error.Message, StringComparison.Ordinal);
        Assert.Contains("--output", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("_SUCCESS")]
    public void CheckNames_ForeignMark_IsRefused(string name)
    {
        Write(name);
        Assert.Throws<JobInputException>(() => JobOutput.CheckNames(Out, ["model.bytemill"]));
    }

    [Fact]
    public void CheckNames_EarlierResults_MayBeReplaced()
    {
        WriteEarlier("train", "model.bytemill", "sub/part-0.parquet");
        JobOutput.CheckNames(Out, ["model.bytemill", "sub/part-0.parquet", "sub/part-1.parquet"]);
    }

    [Fact]
    public void CheckInputs_EarlierResult_IsRefused()
    {
        WriteEarlier("train", "model.bytemill");
        Assert.Throws<JobInputException>(() => JobOutput.CheckInputs(Out, [Path.Combine(Out, "model.bytemill")]));
        JobOutput.CheckInputs(Out, [_directory["elsewhere/model.bytemill"]]);
    }

    [Fact]
    public void RemoveEarlierResults_OnlyWhatTheManifestLists()
    {
        WriteEarlier("train", "model.bytemill", "part-0.parquet", "../outside.parquet");
        Write("notes.md");
        Write("../outside.parquet");
        JobOutput.RemoveEarlierResults(Out);
        Assert.Equal(["notes.md"], TestDirectory.Snapshot(Out).Keys);
        Assert.True(File.Exists(_directory["outside.parquet"]));
    }

    [Fact]
    public void RemoveEarlierResults_ModelThatWasGiven_Stays()
    {
        // Tokenizing reads a model and lists it; it belongs to whoever gave it, wherever it is.
        string model = Path.Combine(Out, "mine.bytemill");
        Write("mine.bytemill");
        WriteEarlier("tokenize", model, "part-0.parquet");
        JobOutput.RemoveEarlierResults(Out);
        Assert.Equal(["mine.bytemill"], TestDirectory.Snapshot(Out).Keys);
    }

    [Fact]
    public void CheckTarget_ManifestWithoutSuccess_IsAnUnfinishedJob()
    {
        WriteEarlier("train", "model.bytemill");
        File.Delete(Path.Combine(Out, JobOutput.SuccessFileName));
        JobInputException error = Assert.Throws<JobInputException>(() => JobOutput.CheckTarget(Out, overwrite: false));
        Assert.Contains("unfinished", error.Message, StringComparison.Ordinal);
        JobOutput.CheckTarget(Out, overwrite: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RemoveWorkFiles_EmptyOutput_StaysOnlyWhenItWasThereBefore(bool existed)
    {
        var work = WorkDirectory.At(Path.Combine(Out, WorkDirectory.NameInOutput, "job"));
        work.Create();
        JobOutput.RemoveWorkFiles(Out, work, keepDirectory: existed);
        Assert.Equal(existed, Directory.Exists(Out));
    }

    private void Write(string name)
    {
        string path = Path.Combine(Out, name);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, "somebody's");
    }

    // A finished job: the first file is its model, the others are tokenized.
    private void WriteEarlier(string mode, string model, params string[] outputs)
    {
        Directory.CreateDirectory(Path.Combine(Out, WorkDirectory.NameInOutput));
        new ResultManifest
        {
            Version = "0",
            Mode = mode,
            TextColumn = "text",
            Options = mode == "tokenize" ? null : new ManifestOptions(6, [300], 36, 2, false, true, "nfc", "15.0.0"),
            Inputs = [],
            Models = [new ManifestModel(model, 300, 300, "")],
            Outputs = [.. outputs.Select(name => new ManifestOutput(name, 0, 0, 0, ""))],
            Statistics = new ManifestStatistics(0, 0, 0, null, null, null),
            Phases = [],
        }.Write(Out);
        Directory.Delete(Path.Combine(Out, WorkDirectory.NameInOutput));
        File.WriteAllBytes(Path.Combine(Out, JobOutput.SuccessFileName), []);
        foreach (string name in outputs.Append(model).Where(name => !name.StartsWith("..", StringComparison.Ordinal)))
        {
            Write(name);
        }
    }
}

using Bytemill.Corpus;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

public sealed class DiskCheckTests
{
    private static readonly JobSpec s_spec = new() { Mode = JobMode.Train, Inputs = ["/in"], OutputDirectory = "/out", SpillDirectory = "/spill" };

    private static readonly CorpusFile s_endless = new()
    {
        Path = "/in/a",
        LengthBytes = 1L << 60,
        Fingerprint = "",
        RowGroups = [new RowGroupInfo(1, 1L << 60)],
        Columns = [],
    };

    [Fact]
    public void Require_TooLittleRoom_NamesTheDirectoryAndTheWaysOut()
    {
        JobInputException error = Assert.Throws<JobInputException>(() => DiskCheck.Require(s_spec, 1L << 40, 0, 1L << 30));
        Assert.All(
            ["'/spill'", "1.1 GB", "--spill-dir", "--no-disk-check", "bytemill plan"],
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Require_RoomEnoughOrUnknown_LetsTheJobStart()
    {
        DiskCheck.Require(s_spec, 1 << 20, 0, 1L << 40);
        DiskCheck.Require(s_spec, 1L << 40, 0, freeBytes: null);
        DiskCheck.Require(s_spec with { SkipDiskCheck = true }, [s_endless]);
        // Results go to where they stay; how much of them there is, is not what the check is for.
        DiskCheck.Require(s_spec with { Mode = JobMode.Tokenize, ModelPath = "/m", SpillDirectory = null }, [s_endless]);
    }

    [Theory]
    [InlineData("/out", "/spill", "/spill")]
    [InlineData("s3://bucket/out", "/spill", "/spill")]
    [InlineData("s3://bucket/out", null, "bytemill")]
    public void Require_ResultsThatWaitElsewhere_FindRoomThereOrAreNamed(string output, string? spill, string named)
    {
        JobSpec spec = s_spec with { Mode = JobMode.Tokenize, ModelPath = "/m", OutputDirectory = output, SpillDirectory = spill };
        JobInputException error = Assert.Throws<JobInputException>(() => DiskCheck.Require(spec, [s_endless]));
        Assert.All(["results of this job", named, "--spill-dir", "--no-disk-check"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));

        DiskCheck.Require(spec, 1 << 20, 1 << 20, 1 << 21);
        Assert.Throws<JobInputException>(() => DiskCheck.Require(spec, 1 << 20, 1 << 20, (1 << 21) - 1));
        JobSpec epochs = spec with { Sampling = new JobSampling { Epochs = 3 }, Layout = new OutputLayout { Format = OutputFormat.Npy } };
        DiskCheck.Require(epochs, 1 << 20, 0, 6 << 20);
        Assert.Throws<JobInputException>(() => DiskCheck.Require(epochs, 1 << 20, 0, (6 << 20) - 1));
        DiskCheck.Require(spec with { Mode = JobMode.Train, ModelPath = null }, 0, 1 << 20, 0);
    }

    [Fact]
    public void RequireOnNode_TooLittleRoomForTheModel_NamesTheDirectoryAndTheWaysOut()
    {
        JobSpec spec = s_spec with { SpillDirectory = "s3://bucket/work" };
        // The store has room; a node holds the model.
        DiskCheck.Require(spec, [s_endless]);
        DiskCheck.RequireOnNode(spec, 1L << 30, "/scratch", 100L << 30);
        JobInputException error = Assert.Throws<JobInputException>(() => DiskCheck.RequireOnNode(spec, 1L << 40, "/scratch", 1L << 30));
        Assert.All(["'/scratch'", "1.1 GB", "--spill-dir", "--scratch-dir", "--no-disk-check"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void FreeBytes_DirectoryThatIsNotThereYet_IsThatOfItsParent() =>
        Assert.True(DiskCheck.FreeBytes(Path.Combine(Path.GetTempPath(), "none", "of", "these")) > 0);
}

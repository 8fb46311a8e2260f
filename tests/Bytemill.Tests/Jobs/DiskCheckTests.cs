using Bytemill.Pipeline;

namespace Bytemill.Tests;

public sealed class DiskCheckTests
{
    private static readonly JobSpec s_spec = new() { Mode = JobMode.Train, Inputs = ["/in"], OutputDirectory = "/out", SpillDirectory = "/spill" };

    [Fact]
    public void Require_TooLittleRoom_NamesTheDirectoryAndTheWaysOut()
    {
        JobInputException error = Assert.Throws<JobInputException>(() => DiskCheck.Require(s_spec, 1L << 40, 1L << 30));
        Assert.All(
            ["'/spill'", "1.1 GB", "--spill-dir", "--no-disk-check", "bytemill plan"],
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Require_RoomEnoughOrUnknown_LetsTheJobStart()
    {
        DiskCheck.Require(s_spec, 1 << 20, 1L << 40);
        DiskCheck.Require(s_spec, 1L << 40, freeBytes: null);
        DiskCheck.Require(s_spec with { SkipDiskCheck = true }, long.MaxValue);
        DiskCheck.Require(s_spec with { Mode = JobMode.Tokenize, ModelPath = "/m" }, long.MaxValue);
    }

    [Fact]
    public void FreeBytes_DirectoryThatIsNotThereYet_IsThatOfItsParent() =>
        Assert.True(DiskCheck.FreeBytes(Path.Combine(Path.GetTempPath(), "none", "of", "these")) > 0);
}

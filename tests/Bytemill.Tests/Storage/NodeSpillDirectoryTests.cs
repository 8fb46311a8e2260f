using Bytemill.Pipeline;

namespace Bytemill.Tests;

public sealed class NodeSpillDirectoryTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Claim_PartOfADeadProcess_IsRemoved()
    {
        // As kill -9 leaves them: the lock is nobody's, the files are still there.
        Directory.CreateDirectory(_directory["bytemill-node-dead"]);
        File.WriteAllText(_directory["bytemill-node-dead/1"], "spilled");
        File.WriteAllText(_directory["bytemill-node-dead.lock"], "");
        using NodeSpillDirectory own = NodeSpillDirectory.Claim(_directory.Path);
        Assert.Equal([own.Path, own.Path + ".lock"], Directory.GetFileSystemEntries(_directory.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Claim_PartsOfTheLivingAndFilesOfOthers_Stay()
    {
        using NodeSpillDirectory living = NodeSpillDirectory.Claim(_directory.Path);
        File.WriteAllText(Path.Combine(living.Path, "1"), "spilled");
        File.WriteAllText(_directory["node.lock"], "another program's");
        Directory.CreateDirectory(_directory["bytemill-node-without-lock"]);
        using NodeSpillDirectory own = NodeSpillDirectory.Claim(_directory.Path);
        Assert.NotEqual(living.Path, own.Path);
        Assert.True(File.Exists(Path.Combine(living.Path, "1")));
        Assert.True(File.Exists(_directory["node.lock"]));
        Assert.True(Directory.Exists(_directory["bytemill-node-without-lock"]));
    }

    [Fact]
    public void Dispose_LeavesNothing()
    {
        NodeSpillDirectory own = NodeSpillDirectory.Claim(_directory.Path);
        File.WriteAllText(Path.Combine(own.Path, "1"), "spilled");
        own.Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public void Claim_DirectoryThatIsNotThere_SaysWhatToDo()
    {
        JobInputException fault = Assert.Throws<JobInputException>(() => NodeSpillDirectory.Claim(_directory["nowhere"]));
        Assert.Contains(_directory["nowhere"], fault.Message, StringComparison.Ordinal);
        Assert.Contains("--spill-dir", fault.Message, StringComparison.Ordinal);
    }
}

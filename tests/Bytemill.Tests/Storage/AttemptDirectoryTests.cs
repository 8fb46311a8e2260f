using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>What a node does that slept through the end of its job.</summary>
public sealed class AttemptDirectoryTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly WorkDirectory _work;
    private readonly AttemptDirectory _attempt;

    public AttemptDirectoryTests()
    {
        _work = WorkDirectory.At(_directory["out/_bytemill/job"]);
        _work.Create();
        _attempt = _work.BeginAttempt(new TaskIdentity(new JobReference("job", 1, _work.Root), 9, 3, 1));
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Commit_JobIsThere_MovesTheFiles()
    {
        _attempt.Create("slice").Dispose();
        _attempt.Commit(TestContext.Current.CancellationToken);
        Assert.True(File.Exists(Path.Combine(_work.Resolve(_attempt.Committed), "slice")));
    }

    [Fact]
    public void Commit_JobIsGone_LeavesNothing()
    {
        _attempt.Create("slice").Dispose();
        using FileStream open = _attempt.OpenRead("slice");
        Directory.Delete(_directory["out/_bytemill"], recursive: true);
        Assert.Throws<DirectoryNotFoundException>(() => _attempt.Commit(TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFileSystemEntries(_directory["out"]));
    }

    [Fact]
    public void Scratch_JobIsGone_LeavesNothing()
    {
        using var guard = new ResidentSetGuard(1 << 20, 2 << 20);
        Directory.Delete(_directory["out/_bytemill"], recursive: true);
        Assert.Throws<DirectoryNotFoundException>(() => _attempt.Scratch.Create());
        Assert.Throws<DirectoryNotFoundException>(() => _work.NodeScratch(guard).Create());
        Assert.Empty(Directory.GetFileSystemEntries(_directory["out"]));
    }
}

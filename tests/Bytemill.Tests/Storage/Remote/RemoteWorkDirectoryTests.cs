using System.Collections.Immutable;
using Bytemill.Pipeline;
using Bytemill.Training;

namespace Bytemill.Tests;

/// <summary>What of a job's work files is in the store and what on the disk of a node, when attempts commit, fail or come too late.</summary>
public sealed class RemoteWorkDirectoryTests : IDisposable
{
    private static readonly RankCut s_cut = new([1, 2, 3], 77);

    private readonly TestDirectory _directory = new();
    private readonly WatchedStore _store = new();
    private readonly RemoteWorkDirectory _work;

    public RemoteWorkDirectoryTests()
    {
        _work = Node("node-1");
        _work.WritePlan(new JobPlan(new JobSpec { Inputs = ["in"], OutputDirectory = "out" }, [], [], [], KeyRanges.Whole, KeyRanges.Whole));
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Commit_JobIsThere_PutsAllUpAndKeepsWhatItHas()
    {
        AttemptDirectory attempt = WriteCut(_work);
        Assert.False(_work.HasDirectory(attempt.Committed));
        long bytes = attempt.Commit(TestContext.Current.CancellationToken);
        Assert.Equal((WorkFileNames.Cut, bytes), Assert.Single(_work.FilesIn("stages/s0009")[Path.GetFileName(attempt.Committed)]) is var file ? (file.Key, file.Value) : default);

        Assert.Equal(s_cut.Piece, Read(_work, attempt).Piece);
        Assert.Equal(0, _store.ReadBytes);
        using RemoteWorkDirectory other = Node("node-2");
        Assert.Equal(s_cut.Count, Read(other, attempt).Count);
        Assert.Equal(bytes, _store.ReadBytes);
    }

    [Fact]
    public void Commit_JobHasEnded_LeavesNothing()
    {
        AttemptDirectory attempt = WriteCut(_work);
        using (RemoteWorkDirectory coordinator = Node("node-2"))
        {
            coordinator.Delete();
        }

        Assert.Throws<DirectoryNotFoundException>(() => attempt.Commit(TestContext.Current.CancellationToken));
        attempt.Discard();
        Assert.Empty(_store.Files(_work.Root));
        _work.Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(_directory["node-1"]));
    }

    [Fact]
    public void Commit_UploadFailsOrIsCancelled_LeavesNothingOfIt()
    {
        AttemptDirectory attempt = WriteCut(_work);
        attempt.Create(WorkFileNames.Kept).Dispose();
        _store.BeforePut = name => _ = name == WorkFileNames.Kept ? throw new IOException("the store is out") : name;
        Assert.Equal("the store is out", Assert.Throws<IOException>(() => attempt.Commit(TestContext.Current.CancellationToken)).Message);
        attempt.Discard();
        Assert.Equal([_work.Root + "/plan.pb"], _store.Files(_work.Root).Select(file => file.Path));

        using var cancelled = new CancellationTokenSource();
        _store.BeforePut = _ => cancelled.Cancel();
        attempt = WriteCut(_work);
        attempt.Create(WorkFileNames.Dropped).Dispose();
        attempt.Create(WorkFileNames.Kept).Dispose();
        attempt.Create(WorkFileNames.Ranked).Dispose();
        attempt.Create(WorkFileNames.Slice).Dispose();
        Assert.ThrowsAny<OperationCanceledException>(() => attempt.Commit(cancelled.Token));
        attempt.Discard();
        Assert.Equal([_work.Root + "/plan.pb"], _store.Files(_work.Root).Select(file => file.Path));
    }

    [Theory]
    [InlineData(WorkFileNames.Run)]
    [InlineData(WorkFileNames.Kept)]
    public void OpenAll_FilesOfAnotherNode_AreLookedUpTogetherAndReadOnce(string name)
    {
        var contents = new List<byte[]>();
        var attempts = ImmutableArray.CreateBuilder<string>();
        for (int i = 0; i < 20; i++)
        {
            AttemptDirectory attempt = WriteCut(_work);
            contents.Add(new byte[i * 20_000]);
            new Random(i).NextBytes(contents[i]);
            using (FileStream file = attempt.Create(name))
            {
                file.Write(contents[i]);
            }

            attempt.Commit(TestContext.Current.CancellationToken);
            attempts.Add(attempt.Committed);
        }

        int found = _store.Found;
        using RemoteWorkDirectory other = Node("node-2");
        foreach ((RunOpener open, byte[] expected) in other.OpenAll(attempts.ToImmutable(), name).Zip(contents))
        {
            using Stream stream = open();
            byte[] all = new byte[stream.Length];
            stream.ReadExactly(all);
            Assert.True(expected.AsSpan().SequenceEqual(all));
        }

        Assert.Equal(found, _store.Found);
        Assert.Equal(contents.Sum(content => content.Length), _store.ReadBytes);
    }

    [Fact]
    public void Delete_BeginsWithThePlan()
    {
        WriteCut(_work).Commit(TestContext.Current.CancellationToken);
        _work.WriteManifest("a", new StageManifest(1, ["stages/s0001/a"], [new TaskMetrics()]));
        _work.Delete();
        Assert.Equal(_work.Root + "/plan.pb", _store.Deleted.First());
        Assert.Empty(_store.Files(_work.Root));
    }

    [Fact]
    public void IsWhole_DamagedInTheStore_IsFalseWhateverTheNodeHas()
    {
        AttemptDirectory attempt = WriteCut(_work);
        attempt.Commit(TestContext.Current.CancellationToken);
        Assert.True(_work.IsWhole(attempt.Committed, StageKind.FindCut));
        Damage($"{_work.Resolve(attempt.Committed)}/{WorkFileNames.Cut}");
        Assert.False(_work.IsWhole(attempt.Committed, StageKind.FindCut));
        Assert.Equal(s_cut.Count, Read(_work, attempt).Count);
        _work.DropCopies();
        RunFormatException damaged = Assert.Throws<RunFormatException>(() => Read(_work, attempt));
        Assert.Contains($"{attempt.Committed}/{WorkFileNames.Cut}", damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DropCopies_CopyIsDamaged_IsFetchedAgain()
    {
        AttemptDirectory attempt = WriteCut(_work);
        attempt.Commit(TestContext.Current.CancellationToken);
        using (HeldFile held = _work.Hold(attempt.Committed, WorkFileNames.Cut))
        {
            Damage(held.Path);
        }

        Assert.Throws<RunFormatException>(() => Read(_work, attempt));
        _work.DropCopies();
        Assert.Equal(s_cut.Count, Read(_work, attempt).Count);
    }

    [Fact]
    public void DeleteAbandoned_OnlyOfEarlierCoordinatorsAndNotCommitted()
    {
        AttemptDirectory first = WriteCut(_work);
        AttemptDirectory counts = WriteCut(_work);
        AttemptDirectory later = WriteCut(_work, epoch: 2);
        Array.ForEach([first, counts, later], attempt => attempt.Commit(TestContext.Current.CancellationToken));
        _work.DeleteAbandoned(2, [counts.Committed]);
        Assert.Equal(
            ((string[])[counts.Committed, later.Committed]).Order(StringComparer.Ordinal),
            _work.FilesIn("stages").Keys.Select(name => "stages/s0009/" + name).Order(StringComparer.Ordinal));
    }

    private RemoteWorkDirectory Node(string name) =>
        new(_directory["store/bytemill-job"], _store, () => new LocalRoom(Directory.CreateDirectory(_directory[name]).FullName, 1 << 24));

    private static AttemptDirectory WriteCut(WorkDirectory work, long epoch = 1)
    {
        AttemptDirectory attempt = work.BeginAttempt(new TaskIdentity(new JobReference("job", epoch, work.Root), 9, 0, 1));
        using FileStream file = attempt.Create(WorkFileNames.Cut);
        RankCutFile.Write(file, s_cut);
        return attempt;
    }

    private static RankCut Read(WorkDirectory work, AttemptDirectory attempt) => RankCutFile.Read(() => work.OpenRead(attempt.Committed, WorkFileNames.Cut));

    private static void Damage(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[0] ^= 4;
        File.WriteAllBytes(path, bytes);
    }
}

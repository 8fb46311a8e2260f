using Bytemill.Pipeline;
using CsCheck;

namespace Bytemill.Tests;

public sealed class WorkCopiesTests : IDisposable
{
    private const int PageBytes = WorkCopy.PageBytes;

    private readonly TestDirectory _directory = new();

    // What is announced may still be under way at the end.
    private WatchedStore _store = new();
    private int _made;

    public WorkCopiesTests() => Directory.CreateDirectory(_directory["store"]);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Read_AnyStretchesAnnouncedOrNot_AreThoseOfTheFile() => Gen.Select(
        Gen.Int[0, (5 * PageBytes) + 77],
        Gen.Select(Gen.Int[0, 5 * PageBytes], Gen.Int[0, 3 * PageBytes], Gen.Bool, Gen.Int[1, 200_000]).Array[0, 12]).Sample(
            (length, reads) =>
            {
                byte[] content = Write("run", length);
                _store = new WatchedStore();
                WorkCopies copies = NewCopies(long.MaxValue);
                using (WorkCopyStream stream = Open(copies, "run"))
                {
                    foreach ((int start, int count, bool isAnnounced, int bufferBytes) in reads)
                    {
                        stream.Position = start;
                        if (isAnnounced)
                        {
                            stream.Announce(start, count);
                        }

                        byte[] target = new byte[count];
                        int expected = Math.Max(0, Math.Min(count, length - start));
                        int read = 0;
                        while (read < expected)
                        {
                            int some = stream.Read(target.AsSpan(read, Math.Min(bufferBytes, expected - read)));
                            Assert.True(some > 0);
                            read += some;
                        }

                        Assert.True(content.AsSpan(Math.Min(start, length), expected).SequenceEqual(target.AsSpan(0, expected)));
                    }
                }

                // Of each byte once at most.
                Assert.InRange(_store.ReadBytes, 0, length);
            },
            iter: 60,
            threads: 1);

    [Fact]
    public void Read_AnnouncedStretch_FetchesItAndNoMoreThanItsPages()
    {
        Write("run", 100 * PageBytes);
        WorkCopies copies = NewCopies(long.MaxValue);
        using WorkCopyStream stream = Open(copies, "run");
        stream.Announce((10 * PageBytes) + 5, 40 * PageBytes);
        stream.Position = (10 * PageBytes) + 5;
        stream.ReadExactly(new byte[40 * PageBytes]);
        Assert.Equal(41L * PageBytes, _store.ReadBytes);
        Assert.Equal(41L * PageBytes, copies.HeldBytes);
    }

    [Fact]
    public async Task Require_BySeveralAtOnce_IsFetchedOnce()
    {
        byte[] content = Write("model", (70 * PageBytes) + 1);
        WorkCopies copies = NewCopies(long.MaxValue);
        using var all = new Barrier(6);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Factory.StartNew(
            () =>
            {
                all.SignalAndWait(TestContext.Current.CancellationToken);
                WorkCopy copy = copies.Open(PathOf("model"));
                copy.Require(0, copy.LengthBytes);
                Assert.True(content.AsSpan().SequenceEqual(File.ReadAllBytes(copy.LocalPath)));
                copies.Return(copy);
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.Equal(content.Length, _store.ReadBytes);
        Assert.Equal(1, _store.Found);
    }

    [Fact]
    public void Open_MoreThanThereIsRoomFor_KeepsThoseUsedLast()
    {
        WorkCopies copies = NewCopies(3 * PageBytes);
        foreach (string name in (string[])["a", "b", "c"])
        {
            Write(name, PageBytes);
            ReadAll(copies, name);
        }

        ReadAll(copies, "a");
        Assert.Equal(3L * PageBytes, _store.ReadBytes);
        Write("d", PageBytes);
        ReadAll(copies, "d");
        Assert.Equal(3L * PageBytes, copies.HeldBytes);
        ReadAll(copies, "a");
        ReadAll(copies, "c");
        Assert.Equal(4L * PageBytes, _store.ReadBytes);
        ReadAll(copies, "b");
        Assert.Equal(5L * PageBytes, _store.ReadBytes);
        Assert.Equal(3, Directory.GetFiles(Copies).Length);
    }

    [Fact]
    public void Open_AllInUse_TakesMoreThanThereIsRoomForAndGivesItBack()
    {
        WorkCopies copies = NewCopies(PageBytes);
        byte[] content = Write("a", 2 * PageBytes);
        Write("b", 2 * PageBytes);
        using (WorkCopyStream first = Open(copies, "a"))
        {
            using (WorkCopyStream second = Open(copies, "b"))
            {
                first.ReadExactly(new byte[10]);
                second.CopyTo(Stream.Null);
                copies.Drop();
                byte[] rest = new byte[content.Length - 10];
                first.ReadExactly(rest);
                Assert.True(content.AsSpan(10).SequenceEqual(rest));
            }

            Assert.Single(Directory.GetFiles(Copies));
        }

        Assert.Equal(0, copies.HeldBytes);
        Assert.Empty(Directory.GetFiles(Copies));
    }

    [Fact]
    public void Require_StoreFails_IsToldAndTriedAgainNextTime()
    {
        byte[] content = Write("a", 40 * PageBytes);
        WorkCopies copies = NewCopies(long.MaxValue);
        _store.BeforeRead = () => throw new IOException("the store is out");
        using WorkCopyStream stream = Open(copies, "a");
        Assert.Equal("the store is out", Assert.Throws<IOException>(() => stream.CopyTo(Stream.Null)).Message);
        Assert.Equal(0, copies.HeldBytes);
        _store.BeforeRead = () => Task.CompletedTask;
        byte[] all = new byte[content.Length];
        stream.ReadExactly(all);
        Assert.True(content.AsSpan().SequenceEqual(all));
    }

    [Fact]
    public void Open_NoSuchFile_IsFoundOnceItIsThere()
    {
        WorkCopies copies = NewCopies(long.MaxValue);
        Assert.Contains(PathOf("a"), Assert.Throws<FileNotFoundException>(() => copies.Open(PathOf("a"))).Message, StringComparison.Ordinal);
        Write("a", 5);
        ReadAll(copies, "a");
    }

    private string Copies => _directory[$"copies-{_made}"];

    private WorkCopies NewCopies(long capacityBytes)
    {
        _made++;
        return new WorkCopies(_store, Copies, capacityBytes);
    }

    private void ReadAll(WorkCopies copies, string name)
    {
        using WorkCopyStream stream = Open(copies, name);
        using var read = new MemoryStream();
        stream.CopyTo(read);
        Assert.True(File.ReadAllBytes(PathOf(name)).AsSpan().SequenceEqual(read.ToArray()));
    }

    private WorkCopyStream Open(WorkCopies copies, string name) => new(copies, copies.Open(PathOf(name)));

    private byte[] Write(string name, int length)
    {
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        File.WriteAllBytes(PathOf(name), content);
        return content;
    }

    private string PathOf(string name) => _directory["store/" + name];
}

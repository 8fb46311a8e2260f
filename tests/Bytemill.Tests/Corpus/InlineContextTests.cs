using Bytemill.Corpus;

namespace Bytemill.Tests;

public sealed class InlineContextTests
{
    [Fact]
    public void Run_WorkThatHops_GoesOnOnTheCallersThread()
    {
        int caller = Environment.CurrentManagedThreadId;
        List<int> threads = [];
        SynchronizationContext? outer = SynchronizationContext.Current;

        InlineContext.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                await Task.Run(() => { }, TestContext.Current.CancellationToken);
                threads.Add(Environment.CurrentManagedThreadId);
                await Task.Yield();
                threads.Add(Environment.CurrentManagedThreadId);
            }
        });

        Assert.Equal(100, threads.Count);
        Assert.All(threads, thread => Assert.Equal(caller, thread));
        Assert.Same(outer, SynchronizationContext.Current);
    }

    [Fact]
    public void Run_WorkThatFails_ThrowsIt()
    {
        Assert.Throws<FormatException>(() => InlineContext.Run(async () =>
        {
            await Task.Yield();
            throw new FormatException();
        }));
        Assert.Throws<FormatException>(() => InlineContext.Run(() => throw new FormatException()));
    }
}

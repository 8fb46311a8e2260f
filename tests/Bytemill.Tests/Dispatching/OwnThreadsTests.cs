using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>The threads of dispatchers that must not share the thread pool.</summary>
public sealed class OwnThreadsTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Execute_AllIsDone_OnThreadsOfTheGivenName()
    {
        var threads = new OwnThreads("own", 2, _ => { });
        int done = 0;
        var names = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        using var all = new CountdownEvent(1000);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 250; i++)
            {
                threads.Execute(new Run(() =>
                {
                    Interlocked.Increment(ref done);
                    names[Thread.CurrentThread.Name!] = Thread.CurrentThread.IsThreadPoolThread;
                    all.Signal();
                }));
            }
        })));
        Assert.True(all.Wait(s_long, TestContext.Current.CancellationToken));
        Assert.Equal(1000, done);
        Assert.Equal([new KeyValuePair<string, bool>("own", false)], names);
        threads.Shutdown();
    }

    [Fact]
    public void Execute_OneBlocks_TheOtherThreadGoesOn()
    {
        var threads = new OwnThreads("own", 2, _ => { });
        using var blocked = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        threads.Execute(new Run(() => blocked.Wait(s_long)));
        threads.Execute(new Run(done.Set));
        Assert.True(done.Wait(s_long, TestContext.Current.CancellationToken));
        blocked.Set();
        threads.Shutdown();
    }

    [Fact]
    public void Execute_OneFails_IsToldAndTheThreadGoesOn()
    {
        List<Exception> faults = [];
        var threads = new OwnThreads("own", 1, faults.Add);
        using var done = new ManualResetEventSlim();
        threads.Execute(new Run(() => throw new InvalidOperationException("bad")));
        threads.Execute(new Run(done.Set));
        Assert.True(done.Wait(s_long, TestContext.Current.CancellationToken));
        Assert.Equal("bad", Assert.Single(faults).Message);
        threads.Shutdown();
    }

    [Fact]
    public void Shutdown_DoesWhatWaits_AndTakesNothingMore()
    {
        var threads = new OwnThreads("own", 1, _ => { });
        using var go = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        threads.Execute(new Run(() => go.Wait(s_long)));
        threads.Execute(new Run(done.Set));
        threads.Shutdown();
        Assert.Throws<RejectedExecutionException>(() => threads.Execute(new Run(() => { })));
        go.Set();
        Assert.True(done.Wait(s_long, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Dispatcher_NamesTheType_ActorsRunOnItsThreads()
    {
        Config config = ConfigurationFactory.ParseString(
            """
            own { type = Dispatcher, executor = "Bytemill.Pipeline.OwnThreadsConfigurator, Bytemill.Pipeline", own-threads = 1 }
            akka.loglevel = OFF
            """);
        using var system = ActorSystem.Create("threads", config);
        IActorRef actor = system.ActorOf(Props.Create(() => new ThreadTeller()).WithDispatcher("own"));
        (string? name, bool isPooled) = await actor.Ask<(string?, bool)>("?", s_long, TestContext.Current.CancellationToken);
        Assert.Equal(("own", false), (name, isPooled));
    }

    private sealed class Run(Action action) : IRunnable
    {
        void IRunnable.Run() => action();

        public void Execute() => action();
    }

    private sealed class ThreadTeller : ReceiveActor
    {
        public ThreadTeller() => ReceiveAny(_ => Sender.Tell((Thread.CurrentThread.Name, Thread.CurrentThread.IsThreadPoolThread)));
    }
}

using System.Data.Common;
using Akka.Actor;
using Akka.Hosting;
using Akka.TestKit;
using Bytemill.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Bytemill.Pipeline.JobProtocol;
using static Bytemill.Pipeline.TaskProtocol;

// Every wait of the test kit has a limit of its own.
#pragma warning disable xUnit1051

namespace Bytemill.Tests;

/// <summary>The coordinator with a journal in a database, which others may write to and which may fail. Snapshots come often.</summary>
public abstract class DurableJobCoordinatorTests : JobCoordinatorTests
{
    private protected DurableJobCoordinatorTests(JournalLocation journal)
        : base(journal, eventsBetweenSnapshots: 3)
    {
    }

    /// <summary>A connection with the journal's database, not yet open.</summary>
    protected abstract DbConnection Connect();

    [Fact]
    public async Task Coordinator_ReplacedFromAnotherSystem_CommitsNothingAndGivesUp()
    {
        using IHost other = await StartSystemAsync("stale");
        ActorSystem staleSystem = other.Services.GetRequiredService<ActorSystem>();
        await SubmitAsync("job");
        AssignTask task = await Worker("w").ExpectMsgAsync<AssignTask>();

        // It takes over, and then this system's does: by what the journal says it is the stale one.
        IActorRef stale = staleSystem.ActorOf(Props.CreateBy(new CoordinatorSupervision(Node)));
        IActorRef worker = staleSystem.ActorOf(Props.Create(() => new Collector()));
        stale.Tell(new RequestTask("w2"), worker);
        AssignTask given = await worker.Ask<AssignTask>(Collector.Next.Instance, TimeSpan.FromSeconds(20));
        Assert.Equal(task.Task.Job.Epoch + 1, given.Task.Job.Epoch);
        IActorRef newest = Sys.ActorOf(NewCoordinator());
        newest.Tell(new WatchJob("nobody's"), TestActor);
        await FishForMessageAsync(message => message is JobFailed { JobId: "nobody's" });

        stale.Tell(Completed(given), worker);
        await staleSystem.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Contains("taken over", CoordinatorGaveUp.ReasonOf(staleSystem), StringComparison.Ordinal);
        Assert.DoesNotContain(
            await EventManifestsAsync(), manifest => manifest == "ac1");

        // Its task is still to be done.
        TestProbe next = CreateTestProbe();
        newest.Tell(new RequestTask("next"), next);
        Assert.Equal(given.Task.Job.Epoch + 1, (await next.ExpectMsgAsync<AssignTask>()).Task.Job.Epoch);

        // Two coordinators end with it: on a busy machine that takes longer than the five seconds that the kit has for it.
        await Sys.Terminate().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Coordinator_JournalGoneForAWhile_GoesOnWhenItIsBack()
    {
        // The one of the other tests is not started again by anybody.
        Sys.Stop(Coordinator);
        IActorRef supervised = Sys.ActorOf(Props.CreateBy(new CoordinatorSupervision(Node)));
        supervised.Tell(new SubmitJob("job", Spec("out", 4)), TestActor);
        await FishForMessageAsync(message => message is JobAccepted);
        TestProbe worker = CreateTestProbe();
        supervised.Tell(new RequestTask("w"), worker);
        AssignTask task = await worker.ExpectMsgAsync<AssignTask>();

        await ExecuteAsync("ALTER TABLE bytemill_journal RENAME TO away");
        await EventFilter.Error(contains: "cannot be written").ExpectAsync(1, async () =>
        {
            supervised.Tell(Completed(task), worker);
            await worker.ExpectNoMsgAsync(TimeSpan.Zero);
        });
        await EventFilter.Error(contains: "The coordinator tries again").ExpectAsync(1, TimeSpan.FromSeconds(10), () => Task.CompletedTask);
        await ExecuteAsync("ALTER TABLE away RENAME TO bytemill_journal");

        // Nothing is heard of the attempt; a worker that reports it to the next coordinator is told to ask anew.
        await AwaitAssertAsync(
            async () =>
            {
                supervised.Tell(new RequestTask("w"), worker);
                Assert.Equal(task.Task.Job.Epoch + 1, (await worker.ExpectMsgAsync<AssignTask>(TimeSpan.FromSeconds(1))).Task.Job.Epoch);
            },
            TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Coordinator_JournalOfANewerVersion_GivesUpAndSaysSo()
    {
        await SubmitAsync("job");
        await WatchAsync(Coordinator);
        Sys.Stop(Coordinator);
        await ExpectTerminatedAsync(Coordinator);
        await ExecuteAsync("DELETE FROM bytemill_snapshots");
        await ExecuteAsync("UPDATE bytemill_journal SET manifest = 'zz9' WHERE sequence_number = 2");
        using IHost other = await StartSystemAsync("older");
        ActorSystem system = other.Services.GetRequiredService<ActorSystem>();
        system.ActorOf(Props.CreateBy(new CoordinatorSupervision(Node)));
        await system.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        string reason = CoordinatorGaveUp.ReasonOf(system)!;
        Assert.Contains("'zz9'", reason, StringComparison.Ordinal);
        Assert.Contains(Node.Options.Journal.ToString(), reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snapshots_AreWrittenAndOnlyTheLastIsKept()
    {
        await SubmitAsync("job");
        await CompleteCountingAsync(Worker("w"));
        await AwaitAssertAsync(async () => Assert.Equal("1", (await QueryAsync("SELECT CAST(COUNT(*) AS VARCHAR(9)) FROM bytemill_snapshots")).Single()), TimeSpan.FromSeconds(10));
        Assert.True(int.Parse((await QueryAsync("SELECT CAST(MAX(sequence_number) AS VARCHAR(9)) FROM bytemill_snapshots")).Single(), System.Globalization.CultureInfo.InvariantCulture) >= 3);
    }

    private Task<IReadOnlyList<string>> EventManifestsAsync() => QueryAsync("SELECT manifest FROM bytemill_journal ORDER BY sequence_number");

    private async Task<IReadOnlyList<string>> QueryAsync(string sql)
    {
        await using DbConnection connection = Connect();
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using DbCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is the tests' own.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using DbDataReader reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        List<string> rows = [];
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    private Task<IReadOnlyList<string>> ExecuteAsync(string sql) => QueryAsync(sql);

    private async Task<IHost> StartSystemAsync(string name)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddAkka(name, (akka, _) => Configure(akka));
        IHost host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    // Keeps what comes, and hands it out when asked.
    private sealed class Collector : ReceiveActor
    {
        private readonly Queue<object> _messages = new();
        private IActorRef? _asker;

        public Collector()
        {
            Receive<Next>(_ =>
            {
                _asker = Sender;
                Answer();
            });
            ReceiveAny(message =>
            {
                _messages.Enqueue(message);
                Answer();
            });
        }

        private void Answer()
        {
            if (_asker is not null && _messages.TryDequeue(out object? message))
            {
                _asker.Tell(message);
                _asker = null;
            }
        }

        public sealed record Next : INoSerializationVerificationNeeded
        {
            public static Next Instance { get; } = new();
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence;
using Bytemill.Pipeline;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Bytemill.Pipeline.CoordinatorEvent;

namespace Bytemill.Tests;

/// <summary>
/// How fast a journal of 100 000 tasks is written, and read by a new coordinator. Measured on demand:
/// <c>Bytemill.Tests -explicit only -class Bytemill.Tests.JournalSpeed -showLiveOutput</c>.
/// </summary>
public sealed class JournalSpeed : IDisposable
{
    private const int Tasks = 100_000;

    private readonly TestDirectory _directory = new();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _directory.Dispose();
    }

    [Fact(Explicit = true)]
    public async Task Journal_OfManyTasks_IsReadInSeconds()
    {
        using var node = new NodeServices(new NodeOptions { Workers = 1, Journal = new JournalLocation.SqliteFile(_directory["journal.db"]) });
        await WithSystemAsync(node, "write", system => MeasureAsync("100000 commits written", system, Props.Create(() => new Writer(_directory["out"]))));
        Report($"journal: {new FileInfo(_directory["journal.db"]).Length / 1_000_000} MB");
        for (int i = 0; i < 2; i++)
        {
            await WithSystemAsync(node, "read", system => MeasureAsync("100000 commits read, no snapshot", system, Props.Create(() => new Reader(int.MaxValue))));
        }

        await WithSystemAsync(node, "snapshot", system => MeasureAsync("100000 commits read, snapshot written", system, Props.Create(() => new Reader(0))));
        await WithSystemAsync(node, "read", system => MeasureAsync("snapshot read", system, Props.Create(() => new Reader(int.MaxValue))));
    }

    private static async Task WithSystemAsync(NodeServices node, string name, Func<ActorSystem, Task> use)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddAkka(name, (akka, _) => akka.AddJournal(node.Options.Journal));
        using IHost host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await use(host.Services.GetRequiredService<ActorSystem>());
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task MeasureAsync(string what, ActorSystem system, Props props)
    {
        var clock = Stopwatch.StartNew();
        object answer = await system.ActorOf(props).Ask<object>("done?", TimeSpan.FromMinutes(5));
        Report(string.Create(CultureInfo.InvariantCulture, $"{what}: {clock.Elapsed.TotalSeconds:0.00} s ({answer})"));
    }

    private static void Report(string line) => TestContext.Current.TestOutputHelper!.WriteLine(line);

    // Decides as often as a coordinator does whose workers report one task each.
    private sealed class Writer : ReceivePersistentActor
    {
        private IActorRef? _asker;
        private int _written;

        public Writer(string output)
        {
            var spec = new JobSpec { Mode = JobMode.Train, Inputs = ["in"], OutputDirectory = output };
            Recover<CoordinatorEvent>(_ => { });
            Command<string>(_ =>
            {
                _asker = Sender;
                Write(new CoordinatorStarted(1, "writer"));
                Write(new JobAccepted("job", spec, false));
                Write(new JobPlanned("job", new PlanFacts(new JobSize(Tasks, 1, 8, 8), 1, Tasks, Tasks, Tasks, 1)));
                for (int i = 0; i < Tasks; i++)
                {
                    string directory = string.Create(CultureInfo.InvariantCulture, $"stages/s0001/t{i:D6}-e1-a1-{Guid.Empty:N}");
                    Write(new AttemptCommitted("job", 1, i, new CommittedAttempt(directory, new TaskMetrics { Units = 1 << 25, Entries = 1 << 22, Rows = 1 << 12, TextBytes = 1 << 25, NormalizedBytes = 1 << 25, WrittenBytes = 1 << 24 })));
                }
            });
        }

        public override string PersistenceId => JobCoordinator.JournalId;

        private void Write(CoordinatorEvent happened) => PersistAllAsync([happened], _ =>
        {
            if (++_written == Tasks + 3)
            {
                _asker!.Tell(_written);
            }
        });
    }

    // The coordinator's recovery, without what it begins after it.
    private sealed class Reader : ReceivePersistentActor
    {
        private CoordinatorState _state = new();
        private IActorRef? _asker;

        public Reader(int eventsBetweenSnapshots)
        {
            Recover<SnapshotOffer>(offer => _state = new CoordinatorState((CoordinatorSnapshot)offer.Snapshot));
            Recover<CoordinatorEvent>(e => _state.Apply(e));
            Command<string>(_ =>
            {
                _asker = Sender;
                if (eventsBetweenSnapshots == 0)
                {
                    SaveSnapshot(_state.ToSnapshot());
                }
                else
                {
                    Answer();
                }
            });
            Command<SaveSnapshotSuccess>(_ => Answer());
        }

        public override string PersistenceId => JobCoordinator.JournalId;

        private void Answer() => _asker!.Tell(_state.Jobs[0].Board!.CommittedCount);
    }
}

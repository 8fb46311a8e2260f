// Behind scripts/bench-coordinator.sh: the real coordinator with its real journal and the messages' wire forms, and many workers that do
// nothing. A job of many one-row partitions is counted: every task is asked for, assigned, reported and acknowledged.
#:project ../src/Bytemill.Pipeline/Bytemill.Pipeline.csproj
#:package Microsoft.Extensions.Hosting
#:property PublishAot=false

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Hosting;
using Bytemill.Pipeline;
using Bytemill.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Parquet;
using Parquet.Schema;
using static Bytemill.Pipeline.TaskProtocol;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int workers = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000;
int tasks = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100_000;
string directory = Directory.CreateTempSubdirectory("bytemill-coordinator-").FullName;
try
{
    await WriteCorpusAsync(Path.Combine(directory, "in"), tasks);
    var location = new JournalLocation.SqliteFile(Path.Combine(directory, "journal.db"));
    using IHost host = await StartAsync(new NodeOptions { Roles = [ClusterRoles.Coordinator], Workers = 1, Port = FreePort(), Journal = location });
    string address = AddressOf(host);
    // Workers stand in a system of their own: what they say and hear goes through the wire.
    using IHost others = await StartAsync(new NodeOptions { Roles = [ClusterRoles.Worker], Workers = 0, SeedNodes = [address], Journal = location });
    ActorSystem system = others.Services.GetRequiredService<ActorSystem>();
    IActorRef coordinator = await others.Services.GetRequiredService<ActorRegistry>().GetAsync<JobCoordinatorKey>();
    var load = new Load();
    for (int i = 0; i < workers; i++)
    {
        int number = i;
        system.ActorOf(Props.Create(() => new IdleWorker(coordinator, $"worker-{number}", load)));
    }

    var spec = new JobSpec
    {
        Mode = JobMode.Train,
        Inputs = [Path.Combine(directory, "in")],
        OutputDirectory = Path.Combine(directory, "out"),
        PartitionBytes = 1,
        SkipDiskCheck = true,
        Training = new TrainerOptions { MaxVocabSizes = [300] },
    };
    using var cancellation = new CancellationTokenSource();
    Task<IWireMessage> job = new JobClient(system, coordinator).RunAsync("load", spec, priority: 0, _ => { }, cancellation.Token, CancellationToken.None);
    await Task.WhenAny(job, load.Done);
    if (!load.Done.IsCompleted)
    {
        throw new InvalidOperationException($"The job ended: {await job}");
    }

    Console.WriteLine($"{workers} workers, {load.Tasks} tasks: {load.Tasks / load.Seconds:F0} tasks a second from the first assignment to the last acknowledgement");
    foreach ((int done, long bytes) in load.Memory)
    {
        Console.WriteLine($"  after {done,7} tasks {bytes / 1e6,6:F1} MB live in the process");
    }

    cancellation.Cancel();
    await job;
    await others.StopAsync();
    await host.StopAsync();
    return 0;
}
finally
{
    Directory.Delete(directory, recursive: true);
}

static async Task<IHost> StartAsync(NodeOptions node)
{
    IHost host = new HostBuilder().ConfigureServices(services => services.AddBytemillNode(node)).Build();
    await host.StartAsync();
    return host;
}

static string AddressOf(IHost host)
{
    Address address = Akka.Cluster.Cluster.Get(host.Services.GetRequiredService<ActorSystem>()).SelfAddress;
    return $"{address.Host}:{address.Port}";
}

static int FreePort()
{
    using var listener = new TcpListener(IPAddress.Loopback, 0);
    listener.Start();
    return ((IPEndPoint)listener.LocalEndpoint).Port;
}

// A thousand row groups to a file: a task for each.
static async Task WriteCorpusAsync(string path, int rows)
{
    const int GroupsPerFile = 1_000;
    Directory.CreateDirectory(path);
    var field = new DataField<string>("text");
    var schema = new ParquetSchema(field);
    for (int first = 0; first < rows; first += GroupsPerFile)
    {
        using FileStream file = File.Create(Path.Combine(path, $"part-{first:D7}.parquet"));
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, file);
        for (int row = first; row < Math.Min(rows, first + GroupsPerFile); row++)
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(field, (string[])[$"text {row}"]);
        }
    }
}

/// <summary>How far all workers together are.</summary>
internal sealed class Load
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(int, long)> _memory = [];
    private long _begin;
    private int _count;
    private int _tasks;

    public Task Done => _done.Task;

    public double Seconds { get; private set; }

    public IReadOnlyList<(int Tasks, long Bytes)> Memory => _memory;

    public int Tasks => _tasks;

    public void Begin(int tasks)
    {
        if (Interlocked.CompareExchange(ref _tasks, tasks, 0) == 0)
        {
            _begin = Stopwatch.GetTimestamp();
        }
    }

    public void Acknowledged()
    {
        int count = Interlocked.Increment(ref _count);
        if (count % Math.Max(1, _tasks / 5) == 0)
        {
            lock (_memory)
            {
                _memory.Add((count, GC.GetTotalMemory(forceFullCollection: false)));
            }
        }

        if (count == _tasks)
        {
            Seconds = Stopwatch.GetElapsedTime(_begin).TotalSeconds;
            _done.SetResult();
        }
    }
}

/// <summary>Says that every task is done, without doing it.</summary>
internal sealed class IdleWorker : ReceiveActor, IWithTimers
{
    public IdleWorker(IActorRef coordinator, string id, Load load)
    {
        object? waitsFor = null;
        Receive<AssignTask>(assign =>
        {
            load.Begin(assign.Stage.TaskCount);
            var metrics = new TaskMetrics { Units = 1, Entries = 10, Rows = 1, TextBytes = 10, NormalizedBytes = 10, CoveredBytes = 10, WrittenBytes = 200 };
            var report = new TaskCompleted(assign.Task, $"stages/s{assign.Task.Stage:D4}/t{assign.Task.Index:D6}-e{assign.Task.Job.Epoch}-a{assign.Task.Attempt}", metrics);
            waitsFor = report;
            coordinator.Tell(report);
        });
        Receive<TaskAcknowledged>(acknowledged =>
        {
            if ((waitsFor as TaskCompleted)?.Task != acknowledged.Task)
            {
                return;
            }

            load.Acknowledged();
            waitsFor = new RequestTask(id);
            coordinator.Tell(waitsFor);
        });
        Receive<ReleaseJob>(_ => { });
        // As real workers do: until the coordinator is there, and against lost messages.
        Receive<string>(_ => coordinator.Tell(waitsFor ??= new RequestTask(id)));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer("again", "again", TimeSpan.Zero, TimeSpan.FromSeconds(5));
}

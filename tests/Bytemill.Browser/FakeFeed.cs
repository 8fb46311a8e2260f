using Bytemill.Pipeline;
using Bytemill.Web.Dashboard;
using Bytemill.Web.Live;
using static Bytemill.Pipeline.JobProtocol;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Browser;

/// <summary>A cluster that is only told of: as many nodes and tasks as a test wants.</summary>
internal sealed class FakeFeed : IDashboardFeed
{
    public const string RunningJob = "wiki-32k";
    public const string FailedJob = "broken-input";

    private readonly DateTimeOffset _start;
    private readonly int _nodes;
    private readonly int _tasks;
    private int _done;

    /// <param name="nodes">Members of the cluster.</param>
    /// <param name="tasks">Tasks of the stage that the running job is in.</param>
    /// <param name="done">How many of them are done at first.</param>
    /// <param name="now">The time; all others follow from it.</param>
    public FakeFeed(int nodes, int tasks, int done, DateTimeOffset now)
    {
        (_nodes, _tasks, _done, _start) = (nodes, tasks, done, now);
        Current = Look();
    }

    public event Action? Changed;

    public ClusterView Current { get; private set; }

    public List<IWireMessage> Sent { get; } = [];

    /// <summary>Lets so many further tasks be done.</summary>
    public void Advance(int tasks)
    {
        _done = Math.Min(_tasks, _done + tasks);
        Current = Look();
        Changed?.Invoke();
    }

    /// <summary>The coordinator does not answer any more.</summary>
    public void Silence(string fault)
    {
        Current = Current with { Fault = fault };
        Changed?.Invoke();
    }

    public IDisposable Watch(string jobId) => new Nothing();

    public JobView ViewOf(string jobId)
    {
        if (jobId != RunningJob)
        {
            return JobView.None with { Report = new JobReported(jobId, Current.FindJob(jobId), [], jobId == FailedJob ? Poison() : null, "") };
        }

        StageTime[] stages = [new(null, 900, 0, 1, new TaskMetrics()), new(StageKind.CountNGrams, 95_000, 1, _tasks, new TaskMetrics { WrittenBytes = 1_900_000_000 }), new(StageKind.MergeNGrams, 24_000, 8, 8, new TaskMetrics { WrittenBytes = 220_000_000 }), new(StageKind.BuildModel, 21_000, 1, 1, new TaskMetrics { WrittenBytes = 310_000_000 })];
        return new JobView(
            new JobReported(RunningJob, Current.FindJob(RunningJob), [.. stages], null, ""),
            [.. Enumerable.Range(0, 120).Select(second => new ProgressPoint(
                _start.AddSeconds(second - 120),
                second < 60 ? Phase.Count : Phase.Segment,
                second * 10_000_000L,
                2_000_000_000,
                (second < 60 ? 42e6 : 19e6) + (4e6 * Math.Sin(second / 5.0)),
                [.. Enumerable.Range(0, Math.Min(_nodes, 12)).Select(node => new NodeSpeed(Address(node), (second < 60 ? 7e6 : 3e6) + (node * 3e5)))]))],
            new JobTasks(
                RunningJob,
                true,
                [new(1, StageKind.CountNGrams, _tasks, _tasks, 0, 3, 0, 0, 95_000, false), new(2, StageKind.MergeNGrams, 8, 8, 0, 0, 0, 0, 24_000, false), new(3, StageKind.BuildModel, 1, 1, 0, 0, 0, 0, 21_000, false), new(4, StageKind.SegmentPieces, _tasks, _done, Running, 5, 2, 0, 61_000, true)],
                4,
                0,
                [.. Enumerable.Range(0, _tasks).Select(Cell)],
                [.. Enumerable.Range(0, _tasks).Select(Report).Where(task => task.State == TaskState.Running || task.Failure.Length > 0)],
                -1),
            [
                .. Enumerable.Range(1, 200).Select(number => new JobEvent(
                    number, _start.AddSeconds(number - 200).ToUnixTimeMilliseconds(), number % 40 == 0 ? EventSeverity.Warning : EventSeverity.Info, number % 40 == 0 ? $"Lost: {Address(number % _nodes)}; 2 of its tasks go to others, {_nodes - 1} nodes now" : $"Task {number} is done", 4, number)),
            ]);
    }

    public Task<TaskReport?> FindTaskAsync(string jobId, int stage, int index, CancellationToken cancellationToken) =>
        Task.FromResult(index < _tasks ? Report(index) : null);

    public Task<JobReported> SendAsync(IWireMessage command, CancellationToken cancellationToken)
    {
        Sent.Add(command);
        return Task.FromResult(new JobReported(RunningJob, Current.FindJob(RunningJob), [], null, ""));
    }

    public Task SubmitAsync(SubmitJob job, CancellationToken cancellationToken)
    {
        Sent.Add(job);
        return Task.CompletedTask;
    }

    private static string Address(int node) => $"10.0.{node / 250}.{(node % 250) + 1}:4051";

    private static PoisonTask Poison() => new(1, StageKind.CountNGrams, 17, [.. Enumerable.Range(1, 3).Select(attempt => new FailedAttempt(attempt, Address(attempt) + "/worker-1", "row group 3: column 'text' cannot be decompressed"))]);

    private int Running => Math.Min(2 * _nodes, _tasks - _done);

    private TaskState State(int index) => index < _done ? TaskState.Done : index < _done + Running ? (index % 97 == 0 ? TaskState.Failed : TaskState.Running) : TaskState.Waiting;

    private TaskCell Cell(int index) => new(State(index), State(index) == TaskState.Running && index % 61 == 0, index % 97 == 0 && State(index) != TaskState.Waiting);

    private TaskReport Report(int index) => new(
        index, State(index), State(index) == TaskState.Waiting ? "" : Address(index % _nodes) + "/worker-0", index % 97 == 0 ? 2 : 1, 12_000_000 + (index % 7 * 2_000_000), 33_554_432, 0, 4000 + (index % 9 * 1000),
        index % 97 == 0 && State(index) != TaskState.Waiting ? $"the process at {Address(index % _nodes)} died" : "", Cell(index).IsStraggler);

    private ClusterView Look()
    {
        long now = _start.ToUnixTimeMilliseconds();
        long total = _tasks * 33_554_432L;
        var progress = new JobProgressed(RunningJob, Phase.Segment, "segmenting", total * (_done + (Running / 2)) / _tasks, total, true, _done, _tasks, 2 * _nodes, _nodes, "");
        return new ClusterView
        {
            Sequence = Current is null ? 1 : Current.Sequence + 1,
            AnsweredAt = _start,
            MaxRunning = 1,
            Coordinator = Address(0),
            Jobs =
            [
                new JobSummary(RunningJob, JobStatus.Running, JobMode.Run, "/data/out/wiki-32k", 0, now - 205_000, 0, progress, ""),
                new JobSummary("code-64k", JobStatus.Waiting, JobMode.Train, "/data/out/code-64k", 0, now - 60_000, 0, null, ""),
                new JobSummary("news-8k", JobStatus.Paused, JobMode.Run, "/data/out/news-8k", -1, now - 4_000_000, 0, progress with { JobId = "news-8k", Phase = Phase.Count, Detail = "counting n-grams" }, ""),
                new JobSummary(FailedJob, JobStatus.Failed, JobMode.Run, "/data/out/broken", 0, now - 9_000_000, now - 8_000_000, null, "/data/in/p-07.parquet: row group 3: column 'text' cannot be decompressed. Give --on-error skip to leave it out."),
                new JobSummary("wiki-8k", JobStatus.Completed, JobMode.Run, "/data/out/wiki-8k", 0, now - 90_000_000, now - 80_000_000, null, "/data/out/wiki-8k/manifest.json"),
            ],
            Nodes = [.. Enumerable.Range(0, _nodes).Select(Node)],
            Members = new ClusterMembers(
                [.. Enumerable.Range(0, _nodes).Select(node => new ClusterMember(Address(node), node == 0 ? ["coordinator", "shard", "web", "worker"] : ["shard", "worker"], "up", node != 7, node == 0, node == 1, _start.AddHours(-2)))],
                [.. Enumerable.Range(0, Math.Min(40, _nodes)).Select(node => new MemberChange(_start.AddMinutes(node - 60), Address(node), node % 13 == 12 ? "unreachable" : "up"))]),
        };
    }

    private NodeStatistics Node(int node) => new(
        Address(node), [], "0.1.0", $"node-{node:000}", _start.AddHours(-2).ToUnixTimeMilliseconds(), _start.ToUnixTimeMilliseconds(), 2, 0.5 + (node % 5 * 0.11), 1_200_000_000 + (node % 11 * 90_000_000L), 2_000_000_000,
        (node % 4) * 130_000_000L, 8_000_000_000, 2,
        [.. Enumerable.Range(0, 2).Select(worker => new RunningTask(RunningJob, 4, StageKind.SegmentPieces, (2 * node) + worker, 20_000_000, 9_000_000 + (node % 6 * 400_000)))],
        [new OwnedShards(RunningJob, ShardKind.Piece, [node, node + _nodes])], node % 17, 1 + (node % 3));

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }
}

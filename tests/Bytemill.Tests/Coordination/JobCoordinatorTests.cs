using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Hosting.TestKit;
using Akka.TestKit;
using Bytemill.Pipeline;
using Bytemill.Training;
using static Bytemill.Pipeline.JobProtocol;
using static Bytemill.Pipeline.TaskProtocol;

// Every wait of the test kit has a limit of its own.
#pragma warning disable xUnit1051

namespace Bytemill.Tests;

/// <summary>
/// The real coordinator, with a real journal, among actors that lose, repeat and reorder messages. Only planning reads files.
/// </summary>
public abstract class JobCoordinatorTests : TestKit
{
    private static readonly TaskMetrics s_metrics = new() { Units = 1, Entries = 1000, NormalizedBytes = 10, WeightedBytes = 10, CoveredBytes = 10, Rows = 1 };

    private readonly TestDirectory _directory = new();
    private readonly NodeServices _node;
    private readonly int _eventsBetweenSnapshots;
    private IActorRef _coordinator = ActorRefs.Nobody;

    private protected JobCoordinatorTests(JournalLocation journal, int eventsBetweenSnapshots)
    {
        _node = new NodeServices(new NodeOptions { Workers = 1, Journal = journal });
        _eventsBetweenSnapshots = eventsBetweenSnapshots;
    }

    private protected NodeServices Node => _node;

    private protected IActorRef Coordinator => _coordinator;

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider) => Configure(builder);

    private protected void Configure(AkkaConfigurationBuilder builder) =>
        builder
            // A database's plugin sends itself what cannot be serialized, and never has to be.
            .AddHocon(ConfigurationFactory.ParseString($"akka.actor.serialize-messages = {(_node.Options.Journal is JournalLocation.InMemory ? "on" : "off")}"), HoconAddMode.Prepend)
            .AddHocon(ConfigurationFactory.ParseString("akka.persistence.journal-plugin-fallback.replay-filter.mode = fail"), HoconAddMode.Prepend)
            // A database answers slowly on a busy machine.
            .AddHocon(ConfigurationFactory.ParseString("akka.test { single-expect-default = 30s, filter-leeway = 30s, default-timeout = 30s }"), HoconAddMode.Prepend)
            .WithCustomSerializer("bytemill", [typeof(IWireMessage)], system => new PipelineSerializer(system))
            .AddJournal(_node.Options.Journal);

    protected override async Task BeforeTestStart()
    {
        await base.BeforeTestStart();
        TestCorpus.Write(_directory["in"], ["one text", "another text", "and a third", "the last"], files: 2, rowsPerGroup: 1);
        _coordinator = Sys.ActorOf(NewCoordinator());
    }

    /// <summary>As another node that has the same journal would.</summary>
    private protected Props NewCoordinator()
    {
        var tenure = new CoordinatorTenure("test");
        return Props.Create(() => new JobCoordinator(_node, tenure, _eventsBetweenSnapshots));
    }

    protected override async Task AfterAllAsync()
    {
        await base.AfterAllAsync();
        _node.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task RequestTask_CrossingTheAssignment_GetsTheSameAttemptAgain()
    {
        await SubmitAsync("job");
        TestProbe worker = Worker("w");
        AssignTask first = await worker.ExpectMsgAsync<AssignTask>();
        _coordinator.Tell(new RequestTask("w"), worker);
        Assert.Equal(first.Task, (await worker.ExpectMsgAsync<AssignTask>()).Task);
    }

    [Fact]
    public async Task Assignment_WithoutAWord_IsSentAgain()
    {
        await SubmitAsync("job");
        TestProbe worker = Worker("w");
        AssignTask first = await worker.ExpectMsgAsync<AssignTask>();

        // The ticks of five seconds, all at once.
        for (int tick = 0; tick < CoordinatorMachine.SilentTicks; tick++)
        {
            _coordinator.Tell(JobCoordinator.PublishProgress.Instance);
        }

        Assert.Equal(first.Task, (await worker.ExpectMsgAsync<AssignTask>()).Task);
    }

    [Fact]
    public async Task Leaving_GivesTheTaskToAnotherWorkerAtOnce()
    {
        await SubmitAsync("job");
        TestProbe worker = Worker("w");
        AssignTask first = await worker.ExpectMsgAsync<AssignTask>();
        _coordinator.Tell(Leaving.Instance, worker);
        TestProbe other = Worker("other");
        AssignTask again = await other.ExpectMsgAsync<AssignTask>();
        Assert.Equal((first.Task.Stage, first.Task.Index), (again.Task.Stage, again.Task.Index));
        Assert.NotEqual(first.Task.Attempt, again.Task.Attempt);

        // That it ends later changes nothing.
        await WatchAsync(worker.Ref);
        Sys.Stop(worker);
        await ExpectTerminatedAsync(worker);
        _coordinator.Tell(new TaskCompleted(again.Task, "stages/s0001/b", s_metrics), other);
        Assert.True((await other.ExpectMsgAsync<TaskAcknowledged>()).IsAccepted);
    }

    [Fact]
    public async Task TaskCompleted_Repeated_IsAcceptedEveryTime()
    {
        await SubmitAsync("job");
        TestProbe worker = Worker("w");
        AssignTask task = await worker.ExpectMsgAsync<AssignTask>();
        for (int i = 0; i < 3; i++)
        {
            _coordinator.Tell(new TaskCompleted(task.Task, "stages/s0001/a", s_metrics), worker);
            Assert.True((await worker.ExpectMsgAsync<TaskAcknowledged>()).IsAccepted);
        }
    }

    [Fact]
    public async Task TaskCompleted_RepeatedAfterItsStage_IsStillAccepted()
    {
        await SubmitAsync("job");
        TestProbe worker = Worker("w");
        List<TaskCompleted> reports = await CompleteCountingAsync(worker);
        foreach (TaskCompleted report in reports)
        {
            // A worker told otherwise would delete files that later stages read.
            _coordinator.Tell(report, worker);
            Assert.True((await worker.ExpectMsgAsync<TaskAcknowledged>(ack => ack.Task == report.Task)).IsAccepted);
        }
    }

    [Fact]
    public async Task TaskCompleted_CountsDoNotBalance_FailsTheJobWithBothSums()
    {
        await SubmitAsync("job");
        TestProbe worker = Worker("w");
        await CompleteCountingAsync(worker, metrics: s_metrics with { CoveredBytes = 9 });
        JobFailed failed = await ExpectMsgAsync<JobFailed>();
        Assert.Contains("36 n-grams were counted where 40 bytes", failed.Reason, StringComparison.Ordinal);
        Assert.False(failed.IsInputError);
        Assert.False(Directory.Exists(_directory["out"]));
    }

    [Fact]
    public async Task TaskCompleted_OfAGivenUpAttempt_FirstComesFirst()
    {
        await SubmitAsync("job");
        TestProbe lost = Worker("lost");
        AssignTask first = await lost.ExpectMsgAsync<AssignTask>();
        TestProbe other = CreateTestProbe();
        Sys.Stop(lost.Ref);
        _coordinator.Tell(new RequestTask("other"), other);
        AssignTask second = await other.ExpectMsgAsync<AssignTask>();
        while (second.Task.Index != first.Task.Index)
        {
            // Its other tasks, until the loss is known.
            _coordinator.Tell(new TaskCompleted(second.Task, $"stages/s0001/{second.Task.Index}", s_metrics), other);
            await other.ExpectMsgAsync<TaskAcknowledged>();
            _coordinator.Tell(new RequestTask("other"), other);
            second = await other.ExpectMsgAsync<AssignTask>();
        }

        Assert.Equal(2, second.Task.Attempt);

        TestProbe late = CreateTestProbe();
        _coordinator.Tell(new TaskCompleted(first.Task, "stages/s0001/late", s_metrics), late);
        Assert.True((await late.ExpectMsgAsync<TaskAcknowledged>()).IsAccepted);
        _coordinator.Tell(new TaskCompleted(second.Task, "stages/s0001/second", s_metrics), other);
        Assert.False((await other.ExpectMsgAsync<TaskAcknowledged>()).IsAccepted);
    }

    [Fact]
    public async Task TaskFailed_ThreeTimes_EndsTheJobWithTheReason()
    {
        await SubmitAsync("job");
        TestProbe worker = Worker("w");
        AssignTask task = await worker.ExpectMsgAsync<AssignTask>();
        for (int i = 0; i < 3; i++)
        {
            _coordinator.Tell(new TaskFailed(task.Task with { Attempt = i + 1 }, "bad sector", false, false, false), worker);

            // Repeated, since the acknowledgement may get lost: one attempt fails once.
            _coordinator.Tell(new TaskFailed(task.Task with { Attempt = i + 1 }, "bad sector", false, false, false), worker);
            _coordinator.Tell(new RequestTask("w"), worker);
        }

        JobFailed failed = await ExpectMsgAsync<JobFailed>();
        Assert.Contains("bad sector", failed.Reason, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["out"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TaskFailed_AWorkFileItReadIsDamagedOrGone_OnlyThatIsMadeAnew(bool isGone)
    {
        await SubmitAsync("job", shards: 1);
        TestProbe worker = Worker("w");
        TestProbe host = ShardHost("a");
        byte[] run = RunFiles.Bytes(new NGramSteps().Count(["some text"u8.ToArray()])[0]);
        await CompleteCountingAsync(worker, run: run);
        await host.ExpectMsgAsync<OwnShards>();
        AssignTask merge = await host.ExpectMsgAsync<AssignTask>();
        string file = Path.Combine(merge.Task.Job.WorkDirectory, "stages/s0001/2/run");
        if (isGone)
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
        else
        {
            run[run.Length / 2] ^= 4;
            File.WriteAllBytes(file, run);
        }

        _coordinator.Tell(new TaskFailed(merge.Task, "checksum differs", false, false, IsWorkFileFault: true), host);
        AssignTask again = await worker.ExpectMsgAsync<AssignTask>();
        Assert.Equal((StageKind.CountNGrams, 2), (again.Stage.Kind, again.Task.Index));
        Assert.True(again.Stage.Number > merge.Stage.Number);

        // The other three count still: with it the stage is whole again.
        _coordinator.Tell(new TaskCompleted(again.Task, "stages/s0003/2", s_metrics), worker);
        Assert.Equal(StageKind.MergeNGrams, (await host.FishForMessageAsync<AssignTask>(task => task.Task != merge.Task)).Stage.Kind);
    }

    [Fact]
    public async Task TaskFailed_WorkFilesAreWhole_CountsAsAnyFailure()
    {
        await SubmitAsync("job", shards: 1);
        TestProbe host = ShardHost("a");
        await CompleteCountingAsync(Worker("w"), run: RunFiles.Bytes(new NGramSteps().Count(["some text"u8.ToArray()])[0]));
        await host.ExpectMsgAsync<OwnShards>();
        for (int i = 0; i < 3; i++)
        {
            AssignTask merge = await host.FishForMessageAsync<AssignTask>(task => task.Task.Attempt == i + 1);
            _coordinator.Tell(new TaskFailed(merge.Task, "checksum differs", false, false, IsWorkFileFault: true), host);
        }

        Assert.Contains("checksum differs", (await ExpectMsgAsync<JobFailed>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TaskFailed_DiskFull_IsTriedAgainHoweverOften()
    {
        await SubmitAsync("job");
        TestProbe watcher = CreateTestProbe();
        _coordinator.Tell(new WatchJob("job"), watcher);
        TestProbe worker = Worker("w");
        AssignTask task = await worker.ExpectMsgAsync<AssignTask>();
        for (int i = 0; i < 10; i++)
        {
            _coordinator.Tell(new TaskFailed(task.Task, "no space left", false, IsDiskFull: true, false), worker);
            await worker.ExpectMsgAsync<TaskAcknowledged>();
            _coordinator.Tell(new RequestTask("w"), worker);
            _coordinator.Tell(JobCoordinator.PublishProgress.Instance);
            JobProgressed progress = await watcher.FishForMessageAsync<JobProgressed>(progress => progress.Notice.Length > 0);
            Assert.Contains("no space left", progress.Notice, StringComparison.Ordinal);

            // The pause, all at once. The task comes only now.
            _coordinator.Tell(new JobCoordinator.TryAgain("job"));
            AssignTask again = await worker.ExpectMsgAsync<AssignTask>();
            Assert.Equal(task.Task with { Attempt = i + 2 }, again.Task);
            task = again;
        }
    }

    [Fact]
    public async Task ShardHost_JoiningWhileShardsRun_TakesNoRunningShard()
    {
        await SubmitAsync("job", shards: 8);
        TestProbe first = ShardHost("a");
        await CompleteCountingAsync(Worker("w"));
        await ReceiveTasksAsync(first, (await first.ExpectMsgAsync<OwnShards>()).Shards.Length);

        TestProbe second = ShardHost("b");
        await CoordinatorHasHandledAllAsync();
        await first.ExpectNoMsgAsync(TimeSpan.Zero);
        await second.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task ShardHost_NewProcessOnTheOldAddress_OwnsAndRunsAnew()
    {
        await SubmitAsync("job", shards: 4);
        TestProbe old = ShardHost("a");
        await CompleteCountingAsync(Worker("w"));
        int shards = (await old.ExpectMsgAsync<OwnShards>()).Shards.Length;
        await ReceiveTasksAsync(old, shards);

        TestProbe young = ShardHost("a");
        Assert.Equal(shards, (await young.ExpectMsgAsync<OwnShards>()).Shards.Length);
        Assert.All(await ReceiveTasksAsync(young, shards), task => Assert.Equal(2, task.Task.Attempt));

        // The end of the old process, told late, takes nothing from the new one.
        Sys.Stop(old.Ref);
        await CoordinatorHasHandledAllAsync();
        await young.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task ShardHost_Lost_ItsShardsGoToTheOther()
    {
        await SubmitAsync("job", shards: 16);
        TestProbe a = ShardHost("a");
        TestProbe b = ShardHost("b");
        await CompleteCountingAsync(Worker("w"));
        int ofA = (await a.ExpectMsgAsync<OwnShards>()).Shards.Length;
        int ofB = (await b.ExpectMsgAsync<OwnShards>()).Shards.Length;
        await ReceiveTasksAsync(b, ofB);
        Sys.Stop(a.Ref);
        Assert.Equal(ofA + ofB, (await b.ExpectMsgAsync<OwnShards>()).Shards.Length);
        Assert.Equal(ofA, (await ReceiveTasksAsync(b, ofA)).Count);
    }

    [Fact]
    public async Task WatchJob_Unknown_IsToldThatTheJobIsLost()
    {
        _coordinator.Tell(new WatchJob("of another coordinator"));
        JobFailed failed = await ExpectMsgAsync<JobFailed>();
        Assert.Contains("lost", failed.Reason, StringComparison.Ordinal);
        Assert.False(failed.IsInputError);
    }

    [Fact]
    public async Task CancelJob_BeforeItsSubmission_KeepsItFromStarting()
    {
        _coordinator.Tell(new CancelJob("job"));
        await ExpectMsgAsync<JobCancelled>();
        _coordinator.Tell(new SubmitJob("job", Spec("out", 4)));
        await ExpectMsgAsync<JobAccepted>();
        _coordinator.Tell(new WatchJob("job"));
        await ExpectMsgAsync<JobCancelled>();
        Assert.False(Directory.Exists(_directory["out"]));
    }

    [Fact]
    public async Task CancelJob_WhilePlanning_LeavesNothingAndTheNextJobRuns()
    {
        // The only thread is held, so that planning waits behind it when the cancellation comes.
        using var gate = new ManualResetEventSlim();
        Task<int> held = _node.Cpu.Run(
            () =>
            {
                gate.Wait();
                return 0;
            },
            CancellationToken.None);
        _coordinator.Tell(new SubmitJob("first", Spec("out", 4)));
        await ExpectMsgAsync<JobAccepted>();
        _coordinator.Tell(new WatchJob("first"));
        _coordinator.Tell(new CancelJob("first"));
        _coordinator.Tell(new SubmitJob("second", Spec("out", 4)));
        await FishForMessageAsync(message => message is JobAccepted { JobId: "second" });
        gate.Set();
        await held;
        await FishForMessageAsync(message => message is JobCancelled { JobId: "first" });
        Assert.Equal("second", (await Worker("w").ExpectMsgAsync<AssignTask>()).Task.Job.JobId);
    }

    [Fact]
    public async Task CancelJob_Running_ReleasesItEverywhereAndRemovesItsFiles()
    {
        await SubmitAsync("job");
        TestProbe worker = Worker("w");
        AssignTask task = await worker.ExpectMsgAsync<AssignTask>();
        Assert.True(Directory.Exists(task.Task.Job.WorkDirectory));
        _coordinator.Tell(new CancelJob("job"));
        Assert.Equal(task.Task.Job, (await worker.ExpectMsgAsync<ReleaseJob>()).Job);
        await ExpectMsgAsync<JobCancelled>();
        Assert.False(Directory.Exists(_directory["out"]));

        // Reports that were on the way are turned away.
        _coordinator.Tell(new TaskCompleted(task.Task, "stages/s0001/a", s_metrics), worker);
        Assert.False((await worker.ExpectMsgAsync<TaskAcknowledged>()).IsAccepted);
    }

    [Fact]
    public async Task CancelJob_OutputThatWasThereBefore_Stays()
    {
        Directory.CreateDirectory(_directory["out"]);
        await SubmitAsync("job");
        await Worker("w").ExpectMsgAsync<AssignTask>();
        _coordinator.Tell(new CancelJob("job"));
        await ExpectMsgAsync<JobCancelled>();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory["out"]));
    }

    [Fact]
    public async Task SubmitJob_SecondToTheSameOutput_WaitsAndStartsWhenTheFirstHasEnded()
    {
        await SubmitAsync("first");
        TestProbe worker = Worker("w");
        Assert.Equal("first", (await worker.ExpectMsgAsync<AssignTask>()).Task.Job.JobId);
        await SubmitAsync("second");
        _coordinator.Tell(new CancelJob("first"));
        await worker.ExpectMsgAsync<ReleaseJob>();
        _coordinator.Tell(new RequestTask("w"), worker);
        Assert.Equal("second", (await worker.ExpectMsgAsync<AssignTask>()).Task.Job.JobId);
    }

    // A new one of the same process, or of another: it knows what the journal says, and nothing else.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Coordinator_KilledAfterSomeCommits_TheNextOneGoesOn(int commits)
    {
        await SubmitAsync("job");
        TestProbe worker = Worker("w");
        List<TaskCompleted> reports = await CompleteCountingAsync(worker, commits);
        await RestartCoordinatorAsync();

        // The job is known, and what is committed stays; the worker that did it may say so once more.
        _coordinator.Tell(new SubmitJob("job", Spec("out", 4)));
        await ExpectMsgAsync<JobAccepted>();
        foreach (TaskCompleted report in reports)
        {
            _coordinator.Tell(report, worker);
            Assert.True((await worker.FishForMessageAsync<TaskAcknowledged>(_ => true)).IsAccepted);
        }

        TestProbe next = Worker("next");
        HashSet<int> open = [.. Enumerable.Range(0, 4).Except(reports.Select(report => report.Task.Index))];
        while (open.Count > 0)
        {
            AssignTask assign = await next.ExpectMsgAsync<AssignTask>();
            Assert.True(open.Remove(assign.Task.Index), $"task {assign.Task.Index} is given out though it is committed");
            Assert.Equal(2, assign.Task.Job.Epoch);
            _coordinator.Tell(Completed(assign), next);
            Assert.True((await next.ExpectMsgAsync<TaskAcknowledged>()).IsAccepted);
            _coordinator.Tell(new RequestTask("next"), next);
        }

        // Merging is next.
        TestProbe host = ShardHost("a");
        Assert.Equal(4, (await host.FishForMessageAsync<OwnShards>(_ => true)).Shards.Length);
    }

    [Fact]
    public async Task Coordinator_KilledOnceTheJobHasEnded_TheEndIsKnown()
    {
        await SubmitAsync("job");
        await Worker("w").ExpectMsgAsync<AssignTask>();
        _coordinator.Tell(new CancelJob("job"));
        await ExpectMsgAsync<JobCancelled>();
        await RestartCoordinatorAsync();
        _coordinator.Tell(new WatchJob("job"));
        await ExpectMsgAsync<JobCancelled>();
    }

    [Fact]
    public async Task Coordinator_KilledAndACommittedAttemptIsGone_ItsTaskIsDoneAgain()
    {
        await SubmitAsync("job");
        List<TaskCompleted> reports = await CompleteCountingAsync(Worker("w"), 2);
        Directory.Delete(Path.Combine(reports[0].Task.Job.WorkDirectory, reports[0].AttemptDirectory));
        await RestartCoordinatorAsync();
        AssignTask again = await Worker("next").ExpectMsgAsync<AssignTask>();
        Assert.Equal(reports[0].Task.Index, again.Task.Index);
    }

    [Fact]
    public async Task StopCoordinator_StopsAndTheNextOneGoesOn()
    {
        await SubmitAsync("job");
        await CompleteCountingAsync(Worker("w"), 1);
        await WatchAsync(_coordinator);
        _coordinator.Tell(StopCoordinator.Instance);
        await ExpectTerminatedAsync(_coordinator);
        _coordinator = Sys.ActorOf(NewCoordinator());
        Assert.Equal(1, (await Worker("next").ExpectMsgAsync<AssignTask>()).Task.Index);
    }

    private async Task RestartCoordinatorAsync()
    {
        await WatchAsync(_coordinator);
        Sys.Stop(_coordinator);
        await ExpectTerminatedAsync(_coordinator);
        await UnwatchAsync(_coordinator);
        _coordinator = Sys.ActorOf(NewCoordinator());
    }

    private protected JobSpec Spec(string output, int shards) => new()
    {
        Mode = JobMode.Train,
        Inputs = [_directory["in"]],
        OutputDirectory = _directory[output],
        NGramShards = shards,
        PieceShards = shards,
        PartitionBytes = 1,
        Training = new TrainerOptions { MaxVocabSizes = [300] },
    };

    // Submits from the test's own actor, which watches the job; progress is not looked at.
    private protected async Task SubmitAsync(string jobId, int shards = 4)
    {
        IgnoreMessages(message => message is JobProgressed);
        _coordinator.Tell(new SubmitJob(jobId, Spec("out", shards)), TestActor);
        await ExpectMsgAsync<JobAccepted>();
        _coordinator.Tell(new WatchJob(jobId), TestActor);
    }

    private protected TestProbe Worker(string id)
    {
        TestProbe worker = CreateTestProbe();
        _coordinator.Tell(new RequestTask(id), worker);
        return worker;
    }

    private protected TestProbe ShardHost(string id)
    {
        TestProbe host = CreateTestProbe();
        _coordinator.Tell(new RegisterShardHost(id), host);
        return host;
    }

    // As if the task were done: its directory is there, and holds nothing, or one file.
    private protected static TaskCompleted Completed(AssignTask assign, TaskMetrics? metrics = null, byte[]? run = null)
    {
        string name = $"stages/s{assign.Task.Stage:D4}/{assign.Task.Index}";
        string directory = Path.Combine(assign.Task.Job.WorkDirectory, name);
        Directory.CreateDirectory(directory);
        if (run is not null)
        {
            File.WriteAllBytes(Path.Combine(directory, "run"), run);
        }

        return new TaskCompleted(assign.Task, name, (metrics ?? s_metrics) with { WrittenBytes = run?.Length ?? 0 });
    }

    // One worker does all four partitions, or the first few.
    private protected async Task<List<TaskCompleted>> CompleteCountingAsync(TestProbe worker, int count = 4, TaskMetrics? metrics = null, byte[]? run = null)
    {
        List<TaskCompleted> reports = [];
        for (int i = 0; i < count; i++)
        {
            AssignTask assign = await worker.ExpectMsgAsync<AssignTask>();
            TaskCompleted report = Completed(assign, metrics, run);
            reports.Add(report);
            _coordinator.Tell(report, worker);
            await worker.ExpectMsgAsync<TaskAcknowledged>();
            _coordinator.Tell(new RequestTask("w"), worker);
        }

        return reports;
    }

    private static async Task<List<AssignTask>> ReceiveTasksAsync(TestProbe host, int count)
    {
        List<AssignTask> tasks = [];
        for (int i = 0; i < count; i++)
        {
            tasks.Add(await host.ExpectMsgAsync<AssignTask>());
        }

        return tasks;
    }

    // Messages of one sender keep their order, and this one is always answered.
    private async Task CoordinatorHasHandledAllAsync()
    {
        TestProbe asker = CreateTestProbe();
        _coordinator.Tell(new WatchJob("nobody's"), asker);
        await asker.ExpectMsgAsync<JobFailed>();
    }
}

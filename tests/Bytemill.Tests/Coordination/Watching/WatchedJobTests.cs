using System.Collections.Immutable;
using Bytemill.Pipeline;
using Google.Protobuf;
using static Bytemill.Pipeline.TaskProtocol;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Tests;

/// <summary>What the machine tells of the tasks and the events of a job.</summary>
public class WatchedJobTests
{
    private const int Files = 40;

    private static readonly Party s_client = new("client");

    private readonly List<CoordinatorEvent> _journal = [];
    private CoordinatorMachine _machine = new(new Party("local"));
    private long _now = 1_700_000_000_000;

    public WatchedJobTests() => Start();

    [Fact]
    public void Tasks_OfAnUnknownJob_SayThatItIsNot()
    {
        Assert.False(Tasks(new GetJobTasks("nobody")).IsKnown);
        Assert.False(Events("nobody").IsKnown);
    }

    [Fact]
    public void Tasks_BeforeTheFirstStage_AreNone()
    {
        Submit("a");
        JobTasks tasks = Tasks(new GetJobTasks("a"));
        Assert.True(tasks.IsKnown);
        Assert.Equal((0, -1), (tasks.Stage, tasks.Next));
        Assert.Empty(tasks.Stages);
    }

    [Fact]
    public void Tasks_TellStateOwnerAttemptAndTime()
    {
        SubmitAndPlan("a");
        TaskIdentity done = Ask("h1:1/worker-0");
        _now += 100;
        Handle(new CoordinatorInput.TaskProgressed(new Party("h1:1/worker-0"), done, 0, 50));
        _now += 900;
        Complete("h1:1/worker-0", done, elapsedMs: 900);
        TaskIdentity failed = Ask("h1:1/worker-0");
        Fail("h1:1/worker-0", failed, "bad sector");
        TaskIdentity running = Ask("h2:1/worker-0");
        Assert.Equal((failed.Index, 2), (running.Index, running.Attempt));
        Handle(new CoordinatorInput.TaskProgressed(new Party("h2:1/worker-0"), running, 20, 50));
        _now += 10;

        JobTasks tasks = Tasks(new GetJobTasks("a", Count: 3));
        Assert.Equal(new TaskReport(0, TaskState.Done, "h1:1/worker-0", 1, 50, 50, _now - 910, 900, "", false), tasks.Tasks[0]);
        Assert.Equal(new TaskReport(1, TaskState.Running, "h2:1/worker-0", 2, 20, 50, _now - 10, 10, "bad sector", true), tasks.Tasks[1]);
        Assert.Equal(new TaskReport(2, TaskState.Waiting, "", 0, 0, 0, 0, 0, "", false), tasks.Tasks[2]);
        Assert.Equal(3, tasks.Next);
        StageReport stage = Assert.Single(tasks.Stages);
        Assert.Equal((1, Files, 1, 1, 1, 1, true), (stage.Number, stage.Tasks, stage.Done, stage.Running, stage.Troubled, stage.Stragglers, stage.IsOpen));
        Assert.Equal(Files, tasks.Cells.Length);
        Assert.Equal([TaskState.Done, TaskState.Running, TaskState.Waiting], tasks.Cells.Take(3).Select(cell => cell.State));
        Assert.Equal([1], Tasks(new GetJobTasks("a", Selection: TaskSelection.Troubled)).Tasks.Select(task => task.Index));
        Assert.Equal([1], Tasks(new GetJobTasks("a", Selection: TaskSelection.Running)).Tasks.Select(task => task.Index));
    }

    [Fact]
    public void Tasks_OneTakesMuchLongerForItsUnits_IsAStraggler()
    {
        SubmitAndPlan("a");
        TaskIdentity[] tasks = [.. Enumerable.Range(0, 5).Select(i => Ask($"h{i}:1/worker-0"))];
        for (int i = 0; i < 3; i++)
        {
            Complete($"h{i}:1/worker-0", tasks[i], elapsedMs: 5000);
        }

        // The median is 100 ms for a unit; the second of these has twice the units.
        Handle(new CoordinatorInput.TaskProgressed(new Party("h3:1/worker-0"), tasks[3], 1, 50));
        Handle(new CoordinatorInput.TaskProgressed(new Party("h4:1/worker-0"), tasks[4], 1, 100));
        _now += 10_000;
        Assert.Equal([3], Tasks(new GetJobTasks("a", Selection: TaskSelection.Stragglers)).Tasks.Select(task => task.Index));
        _now += 10_000;
        Assert.Equal([3, 4], Tasks(new GetJobTasks("a", Selection: TaskSelection.Stragglers)).Tasks.Select(task => task.Index));
        Assert.Equal(2, Tasks(new GetJobTasks("a")).Stages[0].Stragglers);
    }

    [Fact]
    public void Tasks_Paged_AreAllOfThemOnce()
    {
        SubmitAndPlan("a");
        var seen = new List<int>();
        for (int next = 0; next >= 0;)
        {
            JobTasks page = Tasks(new GetJobTasks("a", First: next, Count: 7));
            Assert.InRange(page.Tasks.Length, 1, 7);
            seen.AddRange(page.Tasks.Select(task => task.Index));
            next = page.Next;
        }

        Assert.Equal(Enumerable.Range(0, Files), seen);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public void Tasks_OfManyThatAllFailed_FitInAMessage(int count)
    {
        SubmitAndPlan("a", count);
        (string Worker, TaskIdentity Task)[] given =
        [
            .. Enumerable.Range(0, 1000)
                .Select(i => $"some-quite-long-host-name-of-a-pod-{i}.bytemill.svc.cluster.local:4051/worker-63")
                .Select(worker => (worker, Ask(worker))),
        ];
        foreach ((string worker, TaskIdentity task) in given)
        {
            Fail(worker, task, new string('x', 10_000));
        }

        int cells = 0;
        for (int next = 0; next < count;)
        {
            JobTasks page = Tasks(new GetJobTasks("a", First: next, Count: 1000));
            Assert.InRange(WireWatching.ToWire(page).CalculateSize(), 1, 32_000);
            Assert.NotEmpty(page.Tasks);
            cells += page.Cells.Length;
            next += page.Cells.Length;
        }

        Assert.Equal(count, cells);
        var log = new List<JobEvent>();
        for (JobEvents page = Events("a"); page.Events.Length > 0; page = Events("a", log[^1].Sequence, page.Epoch))
        {
            Assert.InRange(WireWatching.ToWire(page).CalculateSize(), 1, 32_000);
            log.AddRange(page.Events);
        }

        Assert.Equal(JobEventLog.Most, log.Count);
        Assert.Equal(log.Count, log.Select(happened => happened.Sequence).Distinct().Count());
    }

    [Fact]
    public void Events_TellTheStoryOfAJob()
    {
        SubmitAndPlan("a");
        TaskIdentity first = Ask("h1:1/worker-0");
        Fail("h1:1/worker-0", first, "bad sector");
        TaskIdentity again = Ask("h1:1/worker-0");
        Tick(NodeNews.TicksToWait);
        Handle(new CoordinatorInput.PartyLost(new Party("h1:1/worker-0")));
        Tick(NodeNews.TicksToWait);
        for (int i = 0; i < Files; i++)
        {
            Complete("h2:1/worker-0", Ask("h2:1/worker-0"));
        }

        Handle(new CoordinatorInput.ManifestWritten("a", 1, 1500));
        Assert.Equal(1, again.Index + 1);
        Assert.Equal(
            [
                "Accepted: tokenize to out-a",
                "Started: reading what there is",
                "Planned in 0.0 s: 40 files, 0 partitions, 10 bytes of text",
                "Phase tokenize begins: 40 tasks",
                "Task 0 (tokenizing) failed at attempt 1: bad sector",
                "Task 0 (tokenizing) is given out again, attempt 2",
                "Joined: h1:1; 1 node now",
                "Lost: h1:1; 1 of its tasks go to others, 0 nodes now",
                "Task 0 (tokenizing) is given out again, attempt 3",
                "Phase tokenize done in 1.5 s",
                "Phase finish begins: 1 tasks",
            ],
            Events("a").Events.Select(happened => happened.Text));
        JobEvent failure = Events("a").Events[4];
        Assert.Equal((EventSeverity.Warning, 1, 0, "h1:1/worker-0"), (failure.Severity, failure.Stage, failure.Task, failure.Owner));
        Assert.All(Events("a").Events, happened => Assert.True(happened.At > 0));
    }

    [Fact]
    public void Events_AfterOneThatIsKnown_AreTheLaterOnes()
    {
        SubmitAndPlan("a");
        JobEvents all = Events("a");
        Assert.Equal(all.Events[^1].Sequence, all.LastSequence);
        Assert.Empty(Events("a", all.LastSequence, all.Epoch).Events);
        Handle(new CoordinatorInput.PauseRequested(s_client, "a"));
        Assert.StartsWith("Paused", Assert.Single(Events("a", all.LastSequence, all.Epoch).Events).Text, StringComparison.Ordinal);

        // Of another epoch the number says nothing.
        Assert.Equal(all.Events.Length + 1, Events("a", all.LastSequence, all.Epoch + 1).Events.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Restart_KeepsWhatTheJournalSays(bool fromSnapshot)
    {
        SubmitAndPlan("a");
        TaskIdentity done = Ask("h1:1/worker-0");
        Complete("h1:1/worker-0", done);
        Handle(new CoordinatorInput.PauseRequested(s_client, "a"));
        Handle(new CoordinatorInput.ResumeRequested(s_client, "a"));
        Submit("b");
        Handle(new CoordinatorInput.CancelRequested(s_client, "b"));
        JobEvents before = Events("a");

        CoordinatorSnapshot? snapshot = fromSnapshot
            ? WireJournal.FromWire(Pipeline.JournalWire.Snapshot.Parser.ParseFrom(WireJournal.ToWire(_machine.State.ToSnapshot()).ToByteArray()))
            : null;
        _now += 5000;
        Start(snapshot);
        JobEvents after = Events("a");
        Assert.Equal(before.Epoch + 1, after.Epoch);
        Assert.Equal(
            before.Events.Where(happened => !happened.Text.StartsWith("Started", StringComparison.Ordinal) && !happened.Text.StartsWith("Goes on", StringComparison.Ordinal))
                .Select(happened => (happened.At, happened.Text)),
            after.Events.TakeWhile(happened => !happened.Text.StartsWith("A coordinator has taken over (epoch 2, on test)", StringComparison.Ordinal))
                .Select(happened => (happened.At, happened.Text)));
        Assert.Equal("Goes on: looking whether all that was done is still there", after.Events[^1].Text);
        Assert.Equal(["Accepted: tokenize to out-b", "Cancelled"], Events("b").Events.Select(happened => happened.Text));

        JobTasks tasks = Tasks(new GetJobTasks("a"));
        Assert.Equal(TaskState.Done, tasks.Cells[done.Index].State);
        Assert.Equal(1, tasks.Stages[0].Done);
        Assert.Equal("", tasks.Tasks[done.Index].Owner);
    }

    [Fact]
    public void Tasks_OfAnEndedJob_AreStillTold()
    {
        SubmitAndPlan("a");
        Complete("h1:1/worker-0", Ask("h1:1/worker-0"), elapsedMs: 7);
        Ask("h1:1/worker-0");
        Handle(new CoordinatorInput.CancelRequested(s_client, "a"));
        Handle(new CoordinatorInput.CleanedUp("a"));
        JobTasks tasks = Tasks(new GetJobTasks("a"));
        _now += 60_000;
        Assert.Equal(tasks, Tasks(new GetJobTasks("a")) with { Stages = tasks.Stages, Cells = tasks.Cells, Tasks = tasks.Tasks });
        Assert.Equal(tasks.Stages, Tasks(new GetJobTasks("a")).Stages);
        Assert.Equal((TaskState.Done, 7L), (tasks.Tasks[0].State, tasks.Tasks[0].ElapsedMs));
        Assert.Equal(TaskState.Waiting, tasks.Tasks[1].State);
        Assert.False(tasks.Stages[0].IsOpen);
    }

    [Fact]
    public void Tasks_OfAJobThatWasPaused_CountOnlyTheTimeThatItWasWorkedOn()
    {
        SubmitAndPlan("a");
        _now += 1_000;
        Handle(new CoordinatorInput.PauseRequested(s_client, "a"));
        _now += 50_000;
        Assert.Equal(1_000, Assert.Single(Tasks(new GetJobTasks("a")).Stages).ElapsedMs);

        // Looking whether all is still there belongs to the pause.
        ImmutableArray<CoordinatorEffect> effects = Handle(new CoordinatorInput.ResumeRequested(s_client, "a"));
        Assert.Single(effects.OfType<CoordinatorEffect.CheckAttempts>());
        _now += 3_000;
        effects = Handle(new CoordinatorInput.AttemptsChecked("a", [], null));
        Assert.Equal(new CoordinatorEffect.StartStageClock("a", 1), Assert.Single(effects.OfType<CoordinatorEffect.StartStageClock>()));
        _now += 200;
        Assert.Equal(1_200, Assert.Single(Tasks(new GetJobTasks("a")).Stages).ElapsedMs);
    }

    private void Start(CoordinatorSnapshot? snapshot = null)
    {
        _machine = new CoordinatorMachine(new Party("local"));
        if (snapshot is not null)
        {
            _machine.Restore(snapshot);
        }
        else
        {
            _journal.ForEach(_machine.Apply);
        }

        Handle(new CoordinatorInput.Started("test/1"));
    }

    private ImmutableArray<CoordinatorEffect> Handle(CoordinatorInput input)
    {
        Decision decision = _machine.Handle(input, _now);
        _journal.AddRange(decision.Events);
        return decision.Effects;
    }

    private void Tick(int ticks)
    {
        for (int i = 0; i < ticks; i++)
        {
            Handle(new CoordinatorInput.Ticked());
        }
    }

    private void Submit(string jobId) => Handle(new CoordinatorInput.JobSubmitted(
        s_client,
        jobId,
        new JobSpec { Mode = JobMode.Tokenize, Inputs = ["in"], OutputDirectory = $"out-{jobId}", ModelPath = "model" },
        OutputExists: false));

    private void SubmitAndPlan(string jobId, int files = Files)
    {
        Submit(jobId);
        Handle(new CoordinatorInput.Planned(jobId, new PlanFacts(new JobSize(0, files, 1, 1), files, files, 10, 10, 0)));
    }

    private TaskIdentity Ask(string worker) => Handle(new CoordinatorInput.TaskRequested(new Party(worker), worker))
        .OfType<CoordinatorEffect.Send>().Select(send => send.Message).OfType<AssignTask>().Single().Task;

    private void Complete(string worker, TaskIdentity task, long elapsedMs = 0) => Handle(new CoordinatorInput.TaskCompleted(
        new Party(worker), task, new CommittedAttempt($"stages/s0001/{task.Index}", new TaskMetrics { Units = 50, Rows = 1, TextBytes = 1, Tokens = 1 }), elapsedMs));

    private void Fail(string worker, TaskIdentity task, string reason) =>
        Handle(new CoordinatorInput.TaskFailed(new Party(worker), task, reason, IsInputError: false, IsDiskFull: false, IsWorkFileFault: false));

    private JobTasks Tasks(GetJobTasks question) => Answer<JobTasks>(new CoordinatorInput.TasksRequested(s_client, question));

    private JobEvents Events(string jobId, long after = 0, long epoch = 0) =>
        Answer<JobEvents>(new CoordinatorInput.EventsRequested(s_client, new GetJobEvents(jobId, after, epoch)));

    private T Answer<T>(CoordinatorInput input) =>
        Handle(input).OfType<CoordinatorEffect.Send>().Where(send => send.To == s_client).Select(send => send.Message).OfType<T>().Single();
}

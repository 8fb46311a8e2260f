using System.Collections.Immutable;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using static Bytemill.Pipeline.JobProtocol;
using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Tests;

/// <summary>Several jobs: which run, which wait, which are paused, and what becomes of those that cannot be done.</summary>
public class CoordinatorQueueTests
{
    private const int Files = 4;

    private static readonly Party s_client = new("client");
    private static readonly Party s_local = new("local");

    private readonly List<CoordinatorEvent> _journal = [];
    private CoordinatorMachine _machine = new(s_local);

    public CoordinatorQueueTests() => Start(maxRunning: 1);

    [Fact]
    public void Submit_MoreThanMayRun_OthersWaitInTheOrderInWhichTheyCame()
    {
        Assert.Equal("a", Assert.Single(Submit("a").OfType<CoordinatorEffect.Plan>()).Job.JobId);
        Assert.Empty(Submit("b").OfType<CoordinatorEffect.Plan>());
        Assert.Empty(Submit("c").OfType<CoordinatorEffect.Plan>());
        Assert.Equal([("a", JobStatus.Running), ("b", JobStatus.Waiting), ("c", JobStatus.Waiting)], List());
        Assert.Equal("waiting for 2 jobs before it", Report("c").Job!.Progress!.Notice);

        ImmutableArray<CoordinatorEffect> after = Fail("a");
        Assert.Equal("b", Assert.Single(after.OfType<CoordinatorEffect.Plan>()).Job.JobId);
        Assert.Equal([("b", JobStatus.Running), ("c", JobStatus.Waiting), ("a", JobStatus.Failed)], List());
    }

    [Fact]
    public void Submit_HigherPriority_GoesBeforeThoseThatWaitAndNotBeforeTheOneThatRuns()
    {
        Submit("a");
        Submit("b");
        Submit("c", priority: 5);
        Submit("d", priority: 5);
        Assert.Equal(["a", "c", "d", "b"], List().Select(job => job.JobId));

        Handle(new CoordinatorInput.PriorityRequested(s_client, "b", 6));
        Assert.Equal(["a", "b", "c", "d"], List().Select(job => job.JobId));
        Assert.Equal("b", Assert.Single(Fail("a").OfType<CoordinatorEffect.Plan>()).Job.JobId);

        // It is written down.
        Start(maxRunning: 1);
        Assert.Equal(6, Report("b").Job!.Priority);
    }

    [Fact]
    public void Workers_TwoJobsRun_AreSharedEquallyUnlessOneHasPriority()
    {
        Start(maxRunning: 2);
        SubmitAndPlan("a");
        SubmitAndPlan("b");
        Assert.Equal(["a", "b", "a", "b"], Enumerable.Range(0, 4).Select(i => Assigned(Ask($"w{i}")).Job.JobId));

        SubmitAndPlan("c", priority: 1);
        Assert.Equal(JobStatus.Waiting, Report("c").Job!.Status);
        Handle(new CoordinatorInput.PriorityRequested(s_client, "b", 2));
        Assert.Equal(["b", "b", "a"], Enumerable.Range(4, 3).Select(i => Assigned(Ask($"w{i}")).Job.JobId));
    }

    [Fact]
    public void Pause_GivesTasksBackAndLetsTheNextBegin_ResumeGoesOnWithWhatIsDone()
    {
        SubmitAndPlan("a");
        Submit("b");
        TaskIdentity done = Assigned(Ask("w0"));
        Complete("w0", done);
        TaskIdentity running = Assigned(Ask("w1"));

        ImmutableArray<CoordinatorEffect> paused = Handle(new CoordinatorInput.PauseRequested(s_client, "a"));
        Assert.Contains(SentTo(paused, new Party("w1")), message => message is ReleaseJob { Job.JobId: "a" });
        Assert.Equal("b", Assert.Single(paused.OfType<CoordinatorEffect.Plan>()).Job.JobId);
        Assert.Equal([("b", JobStatus.Running), ("a", JobStatus.Paused)], List());
        Assert.Contains("bytemill resume a", Report("a").Job!.Progress!.Notice, StringComparison.Ordinal);

        // Whoever has not heard of it yet is told again.
        Assert.Contains(
            SentTo(Handle(new CoordinatorInput.TaskProgressed(new Party("w1"), running, 1)), new Party("w1")),
            message => message is ReleaseJob { Job.JobId: "a" });

        // It waits for the other one; both survive another coordinator.
        Start(maxRunning: 1);
        Assert.Equal([("b", JobStatus.Running), ("a", JobStatus.Paused)], List());
        Handle(new CoordinatorInput.ResumeRequested(s_client, "a"));
        Assert.Equal(JobStatus.Waiting, Report("a").Job!.Status);
        ImmutableArray<CoordinatorEffect> resumed = Fail("b");
        CoordinatorEffect.CheckAttempts check = Assert.Single(resumed.OfType<CoordinatorEffect.CheckAttempts>());
        Assert.Equal("a", check.Job.JobId);
        Handle(new CoordinatorInput.AttemptsChecked("a", [], null));
        Assert.Equal(1, Report("a").Job!.Progress!.DoneTasks);
        Assert.NotEqual(done.Index, Assigned(Ask("w2")).Index);
    }

    [Fact]
    public void Takeover_StorageOutOfReach_WaitsAndLooksAgain()
    {
        SubmitAndPlan("a");
        TaskIdentity done = Assigned(Ask("w0"));
        Complete("w0", done);
        Start(maxRunning: 1);
        var seconds = new List<double>();
        for (int i = 0; i < 8; i++)
        {
            ImmutableArray<CoordinatorEffect> waits = Handle(new CoordinatorInput.AttemptsChecked("a", [], Fault: null, "s3://bucket/out/a cannot be looked at: SlowDown."));
            seconds.Add(Assert.Single(waits.OfType<CoordinatorEffect.RetryAfter>()).Pause.TotalSeconds);
            Assert.Empty(waits.OfType<CoordinatorEffect.CleanUp>());
            Assert.DoesNotContain(Ask("w1").OfType<CoordinatorEffect.Send>(), send => send.Message is AssignTask);
            Assert.Contains("s3://bucket/out/a", Report("a").Job!.Progress!.Notice, StringComparison.Ordinal);
            Assert.Single(Handle(new CoordinatorInput.Retried("a")).OfType<CoordinatorEffect.CheckAttempts>());
        }

        Assert.Equal([1, 2, 4, 8, 16, 30, 30, 30], seconds);

        // Nothing is done again for it.
        ImmutableArray<CoordinatorEffect> after = Handle(new CoordinatorInput.AttemptsChecked("a", [], Fault: null));
        Assert.NotEqual(done.Index, Assigned(after).Index);
        Assert.Equal((1, ""), (Report("a").Job!.Progress!.DoneTasks, Report("a").Job!.Progress!.Notice));
    }

    // While an input is read, or a result put up: neither is at fault.
    [Fact]
    public void Fail_StoreDoesNotAnswer_IsTriedAgainHoweverOften()
    {
        SubmitAndPlan("a");
        for (int i = 0; i < 2 * CoordinatorMachine.MaxFailures; i++)
        {
            TaskIdentity task = Assigned(Ask("w0"));
            Exception error = new CorpusException("s3://b/a: byte 7 cannot be read", new StoreUnavailableException("SlowDown")) { Fault = CorpusFault.Access };
            ImmutableArray<CoordinatorEffect> waits = Handle(new CoordinatorInput.TaskFailed(
                new Party("w0"), task, UserErrors.Describe(error), UserErrors.IsInputError(error), UserErrors.IsDiskFull(error), UserErrors.IsWorkFileFault(error), UserErrors.IsStoreOutage(error)));
            Assert.Single(waits.OfType<CoordinatorEffect.RetryAfter>());
            Assert.Contains("an object store does not answer", Report("a").Job!.Progress!.Notice, StringComparison.Ordinal);
            Handle(new CoordinatorInput.Retried("a"));
        }

        Assert.Equal((JobStatus.Running, ""), (Report("a").Job!.Status, Report("a").Job!.Progress!.Notice));
        Assert.False(UserErrors.IsStoreOutage(new CorpusException("a.parquet: damaged", new IOException("end of file"))));
    }

    [Fact]
    public void WorkFileFault_StorageOutOfReach_LooksForDamageAfterwards()
    {
        SubmitAndPlan("a");
        Complete("w0", Assigned(Ask("w0")));
        TaskIdentity task = Assigned(Ask("w1"));
        Assert.True(Assert.Single(Handle(Damaged("w1", task)).OfType<CoordinatorEffect.CheckAttempts>()).ReadsAll);
        Handle(new CoordinatorInput.AttemptsChecked("a", [], Fault: null, "out of reach"));

        Assert.True(Assert.Single(Handle(new CoordinatorInput.Retried("a")).OfType<CoordinatorEffect.CheckAttempts>()).ReadsAll);
        ImmutableArray<CoordinatorEffect> found = Handle(new CoordinatorInput.AttemptsChecked("a", [(1, 0)], Fault: null));
        Assert.Empty(found.OfType<CoordinatorEffect.CheckAttempts>());
        Assert.Equal(0, Report("a").Job!.Progress!.DoneTasks);

        static CoordinatorInput.TaskFailed Damaged(string worker, TaskIdentity task) =>
            new(new Party(worker), task, "its checksum differs", IsInputError: false, IsDiskFull: false, IsWorkFileFault: true);
    }

    [Fact]
    public void Manifest_StorageOutOfReach_WaitsAndIsWrittenAgain()
    {
        SubmitAndPlan("a");
        CoordinatorEffect.WriteManifest? write = null;
        while (write is null)
        {
            write = Complete("w0", Assigned(Ask("w0"))).OfType<CoordinatorEffect.WriteManifest>().SingleOrDefault();
        }

        ImmutableArray<CoordinatorEffect> waits = Handle(new CoordinatorInput.ManifestFailed("a", write.Stage.Number, "out of reach", IsDiskFull: false, IsStorageFault: true));
        Assert.Single(waits.OfType<CoordinatorEffect.RetryAfter>());
        Assert.Empty(waits.OfType<CoordinatorEffect.CleanUp>());
        Assert.Contains("out of reach", Report("a").Job!.Progress!.Notice, StringComparison.Ordinal);
        Assert.Equal(write.Stage, Assert.Single(Handle(new CoordinatorInput.Retried("a")).OfType<CoordinatorEffect.WriteManifest>()).Stage);
    }

    [Fact]
    public void NotDone_DiskOrStoreThatFails_IsAnObstacleAndNoFault()
    {
        var check = new CoordinatorEffect.CheckAttempts(new JobReference("a", 1, "work"), [], new ClosedStage(new StageSpec(1, StageKind.PublishResults, 1, new StageInputs(), 0), [null]), HasPublished: true, ReadsAll: false);
        foreach (Exception passing in (Exception[])[new IOException("SlowDown"), new UnauthorizedAccessException("denied"), new AggregateException(new IOException("reset"), new IOException("reset"))])
        {
            CoordinatorInput.AttemptsChecked answer = AttemptCheck.NotDone(check, passing);
            Assert.Null(answer.Fault);
            Assert.Equal(UserErrors.Describe(passing), answer.Obstacle);
        }

        CoordinatorInput.AttemptsChecked fault = AttemptCheck.NotDone(check, new InvalidDataException("another version"));
        Assert.Null(fault.Obstacle);
        Assert.Contains("another version", fault.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Pause_ResultOnItsWay_CountsAllTheSame()
    {
        SubmitAndPlan("a");
        TaskIdentity running = Assigned(Ask("w0"));
        Handle(new CoordinatorInput.PauseRequested(s_client, "a"));
        Assert.Contains(
            SentTo(Complete("w0", running), new Party("w0")), message => message is TaskAcknowledged { IsAccepted: true });
        Assert.Equal(1, Report("a").Job!.Progress!.DoneTasks);
    }

    [Fact]
    public void Pause_WhilePublishing_IsRefusedWithAReason()
    {
        SubmitAndPlan("a");
        for (int i = 0; i < Files; i++)
        {
            Complete("w0", Assigned(Ask("w0")));
        }

        Handle(new CoordinatorInput.ManifestWritten("a", 1, 0));
        JobReported report = Reported(Handle(new CoordinatorInput.PauseRequested(s_client, "a")));
        Assert.Contains("being published", report.Refusal, StringComparison.Ordinal);
        Assert.Equal(JobStatus.Running, report.Job!.Status);
    }

    [Fact]
    public void Cancel_PausedJob_RemovesItsFiles_WaitingJob_EndsAtOnce()
    {
        SubmitAndPlan("a");
        Submit("b");
        Submit("c");
        Handle(new CoordinatorInput.PauseRequested(s_client, "a"));
        Handle(new CoordinatorInput.CancelRequested(s_client, "c"));
        Assert.Equal([("b", JobStatus.Running), ("a", JobStatus.Paused), ("c", JobStatus.Cancelled)], List());

        CoordinatorEffect.CleanUp cleanUp = Assert.Single(Handle(new CoordinatorInput.CancelRequested(s_client, "a")).OfType<CoordinatorEffect.CleanUp>());
        Assert.Equal("a", cleanUp.Job.JobId);
        Handle(new CoordinatorInput.CleanedUp("a"));
        Assert.Equal([("b", JobStatus.Running), ("a", JobStatus.Cancelled), ("c", JobStatus.Cancelled)], List());
    }

    [Fact]
    public void Cancel_PausedWhilePlanning_WaitsForThePlanAndRemovesIt()
    {
        Submit("a");
        Handle(new CoordinatorInput.PauseRequested(s_client, "a"));
        ImmutableArray<CoordinatorEffect> cancelled = Handle(new CoordinatorInput.CancelRequested(s_client, "a"));
        Assert.Single(cancelled.OfType<CoordinatorEffect.CancelPlanning>());
        Assert.Empty(cancelled.OfType<CoordinatorEffect.CleanUp>());
        Assert.Single(Handle(new CoordinatorInput.PlanFailed("a", "cancelled", IsInputError: false)).OfType<CoordinatorEffect.CleanUp>());
    }

    [Fact]
    public void Submit_SameOutput_WaitsForTheOtherThoughThereIsRoom()
    {
        Start(maxRunning: 2);
        Submit("a", output: "same");
        Submit("b", output: "same");
        Submit("c", output: "other");
        Assert.Equal([("a", JobStatus.Running), ("c", JobStatus.Running), ("b", JobStatus.Waiting)], List());
        Handle(new CoordinatorInput.PauseRequested(s_client, "a"));
        Handle(Planned("a"));
        Assert.Equal(JobStatus.Waiting, Report("b").Job!.Status);
        Assert.Contains("job a", Report("b").Job!.Progress!.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public void Fail_TooOften_EndsTheJobWithAReportOfEveryAttempt()
    {
        SubmitAndPlan("a");
        Handle(new CoordinatorInput.JobWatched(s_client, "a"));
        for (int i = 0; i < CoordinatorMachine.MaxFailures; i++)
        {
            TaskIdentity task = Assigned(Ask($"w{i}"));
            Handle(new CoordinatorInput.TaskFailed(new Party($"w{i}"), task, $"bad sector {i}", IsInputError: false, IsDiskFull: false, IsWorkFileFault: false));
        }

        JobFailed failed = Assert.IsType<JobFailed>(Assert.Single(SentTo(Handle(new CoordinatorInput.CleanedUp("a")), s_client)));
        Assert.Equal(
            [new FailedAttempt(1, "w0", "bad sector 0"), new FailedAttempt(2, "w1", "bad sector 1"), new FailedAttempt(3, "w2", "bad sector 2")],
            failed.Poison!.Attempts);
        Assert.Equal((1, StageKind.TokenizeFiles, 0), (failed.Poison.Stage, failed.Poison.Kind, failed.Poison.Index));

        // It can be asked for later, of another coordinator too.
        Start(maxRunning: 1);
        Assert.Equal(3, Report("a").Poison!.Attempts.Length);
    }

    [Fact]
    public void Die_AtTheSameTaskTooOften_EndsTheJobWithAReport()
    {
        SubmitAndPlan("a");
        for (int i = 0; i < CoordinatorMachine.MaxDeaths; i++)
        {
            Assert.Null(Report("a").Poison);
            Ask($"w{i}");
            Handle(new CoordinatorInput.PartyLost(new Party($"w{i}")));
        }

        Assert.Equal(CoordinatorMachine.MaxDeaths, Report("a").Poison!.Attempts.Length);
        Assert.Contains("processes died while they did task 0", Report("a").Job!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Leave_AnyNumberOfTimes_IsNoFault()
    {
        SubmitAndPlan("a");
        for (int i = 0; i < 3 * CoordinatorMachine.MaxDeaths; i++)
        {
            Assert.Equal(0, Assigned(Ask($"w{i}")).Index);
            Handle(new CoordinatorInput.PartyLost(new Party($"w{i}"), IsLeaving: true));
        }

        Assert.Equal(JobStatus.Running, Report("a").Job!.Status);
    }

    [Fact]
    public void Report_UnknownJob_SaysSo()
    {
        Assert.Null(Report("nobody").Job);
        Assert.Null(Reported(Handle(new CoordinatorInput.PauseRequested(s_client, "nobody"))).Job);
    }

    [Theory]
    [InlineData(0, "of the rows none meets lang = none (--where) and is among the 0.1 of all that is drawn (--sample)")]
    [InlineData(3, "all 3 rows of column 'text' are empty or null")]
    public void Count_NoText_SaysWhatLeftNone(long rows, string reason)
    {
        JobSpec spec = new() { Mode = JobMode.Train, Inputs = ["in"], OutputDirectory = "out", Where = "lang = none", Sample = 0.1 };
        Handle(new CoordinatorInput.JobSubmitted(s_client, "a", spec, OutputExists: false));
        Handle(new CoordinatorInput.JobWatched(s_client, "a"));
        Handle(new CoordinatorInput.Planned("a", new PlanFacts(new JobSize(1, 0, 1, 1), 1, 5, 10, 10, 0)));
        Handle(new CoordinatorInput.TaskCompleted(new Party("w"), Assigned(Ask("w")), new CommittedAttempt("stages/s0001/0", new TaskMetrics { Rows = rows, PassedRows = 5 - rows })));
        JobFailed failed = Assert.IsType<JobFailed>(Assert.Single(SentTo(Handle(new CoordinatorInput.CleanedUp("a")), s_client)));
        Assert.Contains(reason, failed.Reason, StringComparison.Ordinal);
        Assert.True(failed.IsInputError);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fail_WhilePublishing_RemovesResultsUnlessTheyAreMostlyThoseOfTheJobBefore(bool update)
    {
        Handle(new CoordinatorInput.JobSubmitted(s_client, "a", new JobSpec { Mode = JobMode.Tokenize, Inputs = ["in"], OutputDirectory = "out", ModelPath = "model", Update = update }, OutputExists: true));
        Handle(Planned("a"));
        for (int i = 0; i < Files; i++)
        {
            Complete("w0", Assigned(Ask("w0")));
        }

        ImmutableArray<CoordinatorEffect> last = Handle(new CoordinatorInput.ManifestWritten("a", 1, 0));
        for (int i = 0; i < CoordinatorMachine.MaxFailures; i++)
        {
            last = Handle(new CoordinatorInput.TaskFailed(s_local, Assigned(last), "out of reach", IsInputError: false, IsDiskFull: false, IsWorkFileFault: false));
        }

        Assert.Equal(!update, Assert.Single(last.OfType<CoordinatorEffect.CleanUp>()).RemoveResults);
    }

    [Fact]
    public void CloseStage_DeletesAttemptsThatDoNotCount()
    {
        SubmitAndPlan("a");
        for (int i = 0; i < Files; i++)
        {
            Complete("w0", Assigned(Ask("w0")));
        }

        CoordinatorEffect.DeleteAbandoned delete = Assert.Single(
            Handle(new CoordinatorInput.ManifestWritten("a", 1, 0)).OfType<CoordinatorEffect.DeleteAbandoned>());
        Assert.Equal(1, delete.Stage);
        Assert.Equal(Enumerable.Range(0, Files).Select(i => $"stages/s0001/{i}"), delete.Committed.Order(StringComparer.Ordinal));
    }

    // The next coordinator, with what the journal holds.
    private void Start(int maxRunning)
    {
        _machine = new CoordinatorMachine(s_local, maxRunning);
        foreach (CoordinatorEvent e in _journal)
        {
            _machine.Apply(e);
        }

        Handle(new CoordinatorInput.Started("test"));
    }

    private ImmutableArray<CoordinatorEffect> Handle(CoordinatorInput input)
    {
        Decision decision = _machine.Handle(input);
        _journal.AddRange(decision.Events);
        return decision.Effects;
    }

    private ImmutableArray<CoordinatorEffect> Submit(string jobId, int priority = 0, string? output = null) => Handle(new CoordinatorInput.JobSubmitted(
        s_client,
        jobId,
        new JobSpec { Mode = JobMode.Tokenize, Inputs = ["in"], OutputDirectory = output ?? $"out-{jobId}", ModelPath = "model" },
        OutputExists: false,
        priority));

    private void SubmitAndPlan(string jobId, int priority = 0)
    {
        if (Submit(jobId, priority).OfType<CoordinatorEffect.Plan>().Any())
        {
            Handle(Planned(jobId));
        }
    }

    private static CoordinatorInput.Planned Planned(string jobId) => new(jobId, new PlanFacts(new JobSize(0, Files, 1, 1), Files, Files, 10, 10, 0));

    private ImmutableArray<CoordinatorEffect> Fail(string jobId)
    {
        if (Report(jobId).Job!.Progress!.TotalTasks == 0)
        {
            Handle(new CoordinatorInput.PlanFailed(jobId, "no such file", IsInputError: true));
        }
        else
        {
            Handle(new CoordinatorInput.CancelRequested(s_client, jobId));
        }

        return Handle(new CoordinatorInput.CleanedUp(jobId));
    }

    private ImmutableArray<CoordinatorEffect> Ask(string worker) => Handle(new CoordinatorInput.TaskRequested(new Party(worker), worker));

    private ImmutableArray<CoordinatorEffect> Complete(string worker, TaskIdentity task) => Handle(new CoordinatorInput.TaskCompleted(
        new Party(worker), task, new CommittedAttempt($"stages/s0001/{task.Index}", new TaskMetrics { Rows = 1, TextBytes = 1, Tokens = 1 })));

    private JobReported Report(string jobId) => Reported(Handle(new CoordinatorInput.JobRequested(s_client, jobId)));

    private (string JobId, JobStatus Status)[] List() =>
    [
        .. SentTo(Handle(new CoordinatorInput.JobsRequested(s_client)), s_client).OfType<JobsListed>().Single().Jobs.Select(job => (job.JobId, job.Status)),
    ];

    private static JobReported Reported(ImmutableArray<CoordinatorEffect> effects) => SentTo(effects, s_client).OfType<JobReported>().Single();

    private static TaskIdentity Assigned(ImmutableArray<CoordinatorEffect> effects) =>
        effects.OfType<CoordinatorEffect.Send>().Select(send => send.Message).OfType<AssignTask>().Single().Task;

    private static IEnumerable<IWireMessage> SentTo(ImmutableArray<CoordinatorEffect> effects, Party to) =>
        effects.OfType<CoordinatorEffect.Send>().Where(send => send.To == to).Select(send => send.Message);
}

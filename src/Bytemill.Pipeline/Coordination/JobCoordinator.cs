using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Event;
using Akka.Hosting;
using Akka.Persistence;
using static Bytemill.Pipeline.JobProtocol;
using static Bytemill.Pipeline.TaskProtocol;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Pipeline;

/// <summary>
/// The cluster singleton that takes jobs in and drives them, a few at a time, through their stages. What to do is decided by
/// <see cref="CoordinatorMachine"/>; this actor carries messages to it, its facts to the journal, and its decisions out once
/// these are written.
/// </summary>
/// <remarks>
/// While the journal writes, decisions go on; all that have come up meanwhile are written together. The journal takes an entry
/// only from whoever has seen all entries before it: a coordinator that has been replaced without knowing fails with its next
/// write, before anybody hears of it.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "An actor's end is PostStop.")]
internal sealed class JobCoordinator : ReceivePersistentActor, IWithTimers
{
    /// <summary>There is one journal in a database, and one coordinator to it.</summary>
    internal const string JournalId = "coordinator";

    private const int MaxCleanUps = 50;

    // About a second.
    private const int TicksBetweenFigures = 5;

    // Read in a fraction of a second; a snapshot of a large job takes about as long.
    internal const int EventsBetweenSnapshots = 20_000;

    private static readonly TimeSpan s_cleanUpInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_progressInterval = TimeSpan.FromMilliseconds(200);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly NodeServices _node;
    private readonly CoordinatorTenure _tenure;
    private readonly int _eventsBetweenSnapshots;
    private readonly CoordinatorMachine _machine;
    private readonly DecisionQueue _decisions = new();
    private readonly Dictionary<string, (int Stage, Stopwatch Clock)> _stageClocks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CancellationTokenSource> _planning = new(StringComparer.Ordinal);
    private readonly NodeRoll _nodes = new();
    private readonly CoordinatorMetrics _metrics = new();
    private readonly JobTracer _tracer = new();
    private int _ticksToFigures;
    private bool _isCarryingOut;
    private bool _isStopping;
    private long _snapshotAt;

    public JobCoordinator(NodeServices node, CoordinatorTenure tenure, int eventsBetweenSnapshots)
    {
        _node = node;
        _tenure = tenure;
        _eventsBetweenSnapshots = eventsBetweenSnapshots;
        IActorRef self = Self;
        IActorRef localTasks = Context.ActorOf(Props.Create(() => new LocalTaskHost(node, self)), "local");
        _machine = new CoordinatorMachine(new Party(localTasks), node.Options.MaxJobs);

        Recover<SnapshotOffer>(offer =>
        {
            _machine.Restore((CoordinatorSnapshot)offer.Snapshot);
            _snapshotAt = offer.Metadata.SequenceNr;
        });
        Recover<CoordinatorEvent>(_machine.Apply);
        Recover<RecoveryCompleted>(_ => Begin());
        Working();
    }

    public override string PersistenceId => JournalId;

    public ITimerScheduler Timers { get; set; } = null!;

    private Party From => new(Sender);

    protected override void PreStart()
    {
        PutOutStoppedNodes();
        base.PreStart();
    }

    protected override void PostStop()
    {
        foreach (CancellationTokenSource planning in _planning.Values)
        {
            planning.Cancel();
        }

        _metrics.Dispose();
        _tracer.Dispose();
        base.PostStop();
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _log.Error("The journal in {Journal} cannot be written: {Reason}. The coordinator starts again from what it holds", _node.Options.Journal, UserErrors.Describe(cause));
        PutOutStoppedNodes();
    }

    // The event cannot be serialized. Going on without it would be another job.
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        OnPersistFailure(cause, @event, sequenceNr);
        Context.Stop(Self);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        if (JournalFault.Find(reason) is { } fault)
        {
            GiveUp($"The journal in {_node.Options.Journal} cannot be gone on with: {fault}. Start the version of Bytemill that wrote it, or give another journal.");
        }
        else
        {
            _log.Error("The journal in {Journal} cannot be read: {Reason}. The coordinator tries again", _node.Options.Journal, UserErrors.Describe(reason));
            PutOutStoppedNodes();
        }
    }

    // Only one node has the coordinator: who stands still in the middle of a write to its journal had it before.
    private void PutOutStoppedNodes()
    {
        if (_node.Options.Journal is JournalLocation.SqliteFile file)
        {
            StoppedLockHolders.PutOut(file.Path, sentence => _log.Warning("{Sentence}", sentence));
        }
    }

    private void Begin()
    {
        if (_tenure.HasBegun && _machine.State.Coordinator != _tenure.Id)
        {
            GiveUp($"Another coordinator, {_machine.State.Coordinator}, has taken over the jobs in the journal in {_node.Options.Journal}; this node was not heard in time, or two clusters were given one journal.");
            Context.Stop(Self);
            return;
        }

        Timers.StartPeriodicTimer("progress", PublishProgress.Instance, s_progressInterval);
        Handle(new CoordinatorInput.Started(_tenure.Id));
    }

    private void GiveUp(string message)
    {
        _log.Error("{Reason}", message);
        CoordinatedShutdown.Get(Context.System).Run(new CoordinatorGaveUp(message));
    }

    private void Working()
    {
        Command<SubmitJob>(m => Handle(new CoordinatorInput.JobSubmitted(From, m.JobId, m.Spec, JobOutput.IsThere(m.Spec.OutputDirectory), m.Priority)));
        Command<WatchJob>(m => Handle(new CoordinatorInput.JobWatched(From, m.JobId)));
        Command<CancelJob>(m => Handle(new CoordinatorInput.CancelRequested(From, m.JobId)));
        Command<PauseJob>(m => Handle(new CoordinatorInput.PauseRequested(From, m.JobId)));
        Command<ResumeJob>(m => Handle(new CoordinatorInput.ResumeRequested(From, m.JobId)));
        Command<PrioritizeJob>(m => Handle(new CoordinatorInput.PriorityRequested(From, m.JobId, m.Priority)));
        Command<ListJobs>(_ => Handle(new CoordinatorInput.JobsRequested(From)));
        Command<GetJob>(m => Handle(new CoordinatorInput.JobRequested(From, m.JobId)));
        Command<GetJobTasks>(m => Handle(new CoordinatorInput.TasksRequested(From, m)));
        Command<GetJobEvents>(m => Handle(new CoordinatorInput.EventsRequested(From, m)));
        Command<RequestTask>(m => Handle(new CoordinatorInput.TaskRequested(From, m.WorkerId)));
        Command<RegisterShardHost>(m => Handle(new CoordinatorInput.ShardHostRegistered(From, m.HostId)));
        Command<TaskProgressed>(m => Handle(new CoordinatorInput.TaskProgressed(From, m.Task, m.Units, m.TotalUnits)));
        Command<TaskCompleted>(m => Handle(new CoordinatorInput.TaskCompleted(From, m.Task, new CommittedAttempt(m.AttemptDirectory, m.Metrics), m.ElapsedMs)));
        Command<TaskFailed>(m => Handle(new CoordinatorInput.TaskFailed(From, m.Task, m.Reason, m.IsInputError, m.IsDiskFull, m.IsWorkFileFault, m.IsStoreOutage)));
        Command<Leaving>(_ => Handle(new CoordinatorInput.PartyLost(From, IsLeaving: true)));
        Command<Terminated>(m =>
        {
            _nodes.Forget(m.ActorRef);
            Handle(new CoordinatorInput.PartyLost(new Party(m.ActorRef)));
        });
        Command<PublishProgress>(_ => OnTick());
        Command<PlanEnded>(OnPlanEnded);
        Command<AttemptsLookedAt>(m => Handle(m.Answer));
        Command<ManifestEnded>(m => Handle(m.Answer));
        Always();
    }

    // Nothing new is decided until all that was is written: then, and only then, the state is what the journal says.
    private void WaitingForSnapshot()
    {
        Always();
        Command<PublishProgress>(_ => { });
        CommandAny(_ => Stash.Stash());
    }

    private void Always()
    {
        Command<TryAgain>(m => Handle(new CoordinatorInput.Retried(m.JobId)));
        Command<CleanUpAgain>(m => CleanUp(m.What, m.Tries));
        Command<CleanUpEnded>(OnCleanUpEnded);
        Command<StopCoordinator>(_ => StopAfterWriting());
        Command<NodeReported>(OnNodeReported);
        Command<ListNodes>(m => Sender.Tell(_nodes.List(m.After, NodeIdentity.Of(Context.System))));
        Command<SaveSnapshotSuccess>(saved => DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1)));
        Command<SaveSnapshotFailure>(failed => _log.Warning("A snapshot of the journal cannot be written: {Reason}", UserErrors.Describe(failed.Cause)));
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(failed => _log.Warning("Old snapshots of the journal cannot be deleted: {Reason}", UserErrors.Describe(failed.Cause)));
    }

    private void OnTick()
    {
        Handle(new CoordinatorInput.Ticked());
        if (--_ticksToFigures < 0)
        {
            _ticksToFigures = TicksBetweenFigures;
            _metrics.Figures = _machine.Figures();
        }
    }

    private void OnNodeReported(NodeReported report)
    {
        if (_nodes.Hear(Sender, report.Node with { ReportedAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() }))
        {
            Context.Watch(Sender);
        }
    }

    // A write that is under way would land after the next coordinator has read the journal, and fail that one.
    private void StopAfterWriting()
    {
        _isStopping = true;
        DeferAsync(StopCoordinator.Instance, _ => Context.Stop(Self));
    }

    private void Handle(CoordinatorInput input)
    {
        if (_isStopping)
        {
            return;
        }

        Decision decision = _machine.Handle(input, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        _decisions.Add(decision);
        if (!decision.Events.IsEmpty)
        {
            _metrics.Writing(decision.Events.Length);
            PersistAllAsync(decision.Events, OnWritten);
        }

        CarryOut();
    }

    private void OnWritten(CoordinatorEvent written)
    {
        _tenure.HasBegun = true;
        _decisions.Written();
        _metrics.Written();
        if (written is not CoordinatorEvent.AttemptCommitted)
        {
            _tracer.Follow(_machine.State);
        }

        CarryOut();
        if (LastSequenceNr - _snapshotAt < _eventsBetweenSnapshots)
        {
            return;
        }

        if (!_decisions.IsEmpty)
        {
            Become(WaitingForSnapshot);
            return;
        }

        SaveSnapshot(_machine.State.ToSnapshot());
        _snapshotAt = LastSequenceNr;
        Become(Working);
        Stash.UnstashAll();
    }

    // What an effect leads to comes after the effects that are due already.
    private void CarryOut()
    {
        if (_isCarryingOut)
        {
            return;
        }

        _isCarryingOut = true;
        while (_decisions.TryTake(out CoordinatorEffect? effect))
        {
            Perform(effect);
        }

        _isCarryingOut = false;
    }

    private void Perform(CoordinatorEffect effect)
    {
        switch (effect)
        {
            case CoordinatorEffect.Send e:
                ((IActorRef)e.To.Key).Tell(e.Message is AssignTask assign ? assign with { TraceParent = _tracer.ParentOf(assign.Task.Job.JobId) } : e.Message);
                break;
            case CoordinatorEffect.Watch e:
                Context.Watch((IActorRef)e.Who.Key);
                break;
            case CoordinatorEffect.Plan e:
                Plan(e);
                break;
            case CoordinatorEffect.CancelPlanning e:
                _planning.GetValueOrDefault(e.JobId)?.Cancel();
                break;
            case CoordinatorEffect.StartStageClock e:
                StartStageClock(e);
                break;
            case CoordinatorEffect.HoldStageClock e:
                _stageClocks.GetValueOrDefault(e.JobId).Clock?.Stop();
                break;
            case CoordinatorEffect.WriteManifest e:
                WriteManifest(e);
                break;
            case CoordinatorEffect.DeleteDirectories e:
                DeleteInBackground(e.Job, work => DeleteDirectories(work, e.Directories));
                break;
            case CoordinatorEffect.DeleteAbandoned e:
                DeleteInBackground(e.Job, work => work.DeleteAbandonedOf(e.Stage, e.Job.Epoch, e.Committed.ToHashSet(StringComparer.Ordinal)));
                break;
            case CoordinatorEffect.CheckAttempts e:
                CheckAttempts(e);
                break;
            case CoordinatorEffect.RetryAfter e:
                Timers.StartSingleTimer("again " + e.JobId, new TryAgain(e.JobId), e.Pause);
                break;
            case CoordinatorEffect.CleanUp e:
                CleanUp(e, tries: 0);
                break;
            case CoordinatorEffect.Log e:
                _log.Log(e.IsWarning ? LogLevel.WarningLevel : LogLevel.InfoLevel, e.Template, [.. e.Values]);
                break;
            default:
                throw new InvalidOperationException($"Unknown effect {effect.GetType()}.");
        }
    }

    private void Plan(CoordinatorEffect.Plan plan)
    {
        var planning = new CancellationTokenSource();
        _planning.Add(plan.Job.JobId, planning);
        CancellationToken cancellation = planning.Token;
        var clock = Stopwatch.StartNew();
        _node.Cpu
            .Run(() => PlanFacts.Of(Plan(plan, cancellation), clock.ElapsedMilliseconds), cancellation)
            .PipeTo(
                Self,
                success: facts => new PlanEnded(plan.Job.JobId, new CoordinatorInput.Planned(plan.Job.JobId, facts)),
                failure: exception => new PlanEnded(plan.Job.JobId, new CoordinatorInput.PlanFailed(
                    plan.Job.JobId, UserErrors.Describe(exception), UserErrors.IsInputError(exception))));
    }

    private JobPlan Plan(CoordinatorEffect.Plan plan, CancellationToken cancellation)
    {
        using WorkDirectory work = _node.OpenWork(plan.Job.WorkDirectory);
        return JobPlanner.Plan(plan.Spec, plan.Job.JobId, work, cancellation);
    }

    private void OnPlanEnded(PlanEnded ended)
    {
        if (_planning.Remove(ended.JobId, out CancellationTokenSource? planning))
        {
            planning.Dispose();
        }

        Handle(ended.Answer);
    }

    private void StartStageClock(CoordinatorEffect.StartStageClock start)
    {
        (int stage, Stopwatch? clock) = _stageClocks.GetValueOrDefault(start.JobId);
        if (stage == start.Stage && clock is not null)
        {
            clock.Start();
        }
        else
        {
            _stageClocks[start.JobId] = (start.Stage, Stopwatch.StartNew());
        }
    }

    private void WriteManifest(CoordinatorEffect.WriteManifest write)
    {
        StageTime time = write.Time with { ElapsedMs = _stageClocks[write.Job.JobId].Clock.ElapsedMilliseconds };
        if (!JobOutput.IsFar(write.Job.WorkDirectory))
        {
            Handle(Write(write, time));
            return;
        }

        // Nobody waits here for an answer from afar.
        Task.Run(() => Write(write, time)).PipeTo(
            Self,
            success: answer => new ManifestEnded(answer),
            failure: exception => new ManifestEnded(new CoordinatorInput.ManifestFailed(write.Job.JobId, write.Stage.Number, UserErrors.Describe(exception), IsDiskFull: false)));
    }

    private CoordinatorInput Write(CoordinatorEffect.WriteManifest write, StageTime time)
    {
        string jobId = write.Job.JobId;
        try
        {
            WorkDirectory work = _node.OpenWork(write.Job.WorkDirectory);
            work.WriteManifest(write.Stage.ManifestName, write.Manifest);
            if (write.Earlier is { } earlier)
            {
                work.WriteStageTimes(new Wire.StageTimes { Stages = { earlier.Append(time).Select(WireStages.ToWire) }, Workers = write.Workers });
            }

            return new CoordinatorInput.ManifestWritten(jobId, write.Stage.Number, time.ElapsedMs);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new CoordinatorInput.ManifestFailed(jobId, write.Stage.Number, UserErrors.Describe(e), UserErrors.IsDiskFull(e), IsStorageFault: true);
        }
    }

    // Of a large stage it takes seconds, and nobody waits for it. What is not deleted now goes with the job.
    private void DeleteInBackground(JobReference job, Action<WorkDirectory> delete) =>
        Task.Run(() =>
        {
            try
            {
                delete(_node.OpenWork(job.WorkDirectory));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _log.Debug("Not all files of job {JobId} that nobody reads are deleted: {Reason}", job.JobId, e.Message);
            }
        });

    private static void DeleteDirectories(WorkDirectory work, IEnumerable<string> directories)
    {
        foreach (string directory in directories)
        {
            work.DeleteUnread(directory);
        }
    }

    // There may be a hundred thousand of them, on a network's storage.
    private void CheckAttempts(CoordinatorEffect.CheckAttempts check) =>
        _node.Cpu
            .Run(() => Check(check), CancellationToken.None)
            .PipeTo(
                Self,
                success: answer => new AttemptsLookedAt(answer),
                failure: exception => new AttemptsLookedAt(AttemptCheck.NotDone(check, exception)));

    private CoordinatorInput.AttemptsChecked Check(CoordinatorEffect.CheckAttempts check)
    {
        using WorkDirectory work = _node.OpenWork(check.Job.WorkDirectory);
        return AttemptCheck.Run(check, work);
    }

    private void CleanUp(CoordinatorEffect.CleanUp what, int tries)
    {
        if (!JobOutput.IsFar(what.Job.WorkDirectory) && !JobOutput.IsFar(what.OutputDirectory))
        {
            OnCleanUpEnded(new CleanUpEnded(what, tries, TryCleanUp(what)));
            return;
        }

        Task.Run(() => TryCleanUp(what)).PipeTo(
            Self,
            success: obstacle => new CleanUpEnded(what, tries, obstacle),
            failure: exception => new CleanUpEnded(what, tries, UserErrors.Describe(exception)));
    }

    // Returns what was in the way.
    private string? TryCleanUp(CoordinatorEffect.CleanUp what)
    {
        try
        {
            if (what.RemoveResults)
            {
                JobOutput.RemoveUnfinishedResults(what.OutputDirectory);
            }

            JobOutput.RemoveWorkFiles(what.OutputDirectory, _node.OpenWork(what.Job.WorkDirectory), what.KeepDirectory);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    // Attempts that still run notice the end within a moment; until then they may hold or write files.
    private void OnCleanUpEnded(CleanUpEnded ended)
    {
        JobReference job = ended.What.Job;
        if (ended.Obstacle is { } obstacle)
        {
            if (ended.Tries + 1 < MaxCleanUps)
            {
                Timers.StartSingleTimer("clean-up " + job.JobId, new CleanUpAgain(ended.What, ended.Tries + 1), s_cleanUpInterval);
                return;
            }

            _log.Warning("Work files of job {JobId} are left in {Directory}: {Reason}", job.JobId, job.WorkDirectory, obstacle);
        }

        _stageClocks.Remove(job.JobId);
        Handle(new CoordinatorInput.CleanedUp(job.JobId));
    }

    private sealed record PlanEnded(string JobId, CoordinatorInput Answer) : INoSerializationVerificationNeeded;

    private sealed record AttemptsLookedAt(CoordinatorInput.AttemptsChecked Answer) : INoSerializationVerificationNeeded;

    private sealed record ManifestEnded(CoordinatorInput Answer) : INoSerializationVerificationNeeded;

    private sealed record CleanUpEnded(CoordinatorEffect.CleanUp What, int Tries, string? Obstacle) : INoSerializationVerificationNeeded;

    private sealed record CleanUpAgain(CoordinatorEffect.CleanUp What, int Tries) : INoSerializationVerificationNeeded;

    internal sealed record TryAgain(string JobId) : INoSerializationVerificationNeeded;

    internal sealed record PublishProgress : INoSerializationVerificationNeeded
    {
        public static PublishProgress Instance { get; } = new();
    }
}

/// <summary>Key of the coordinator in the actor registry: everywhere a proxy to the singleton.</summary>
public sealed class JobCoordinatorKey;

internal static class JobCoordinatorHosting
{
    private const string Name = "coordinator";

    /// <summary>Nodes of the role host the singleton; every node gets a proxy to it.</summary>
    public static AkkaConfigurationBuilder AddJobCoordinator(this AkkaConfigurationBuilder builder, NodeServices node)
    {
        var options = new ClusterSingletonOptions
        {
            Role = ClusterRoles.Coordinator,
            // Own message: an actor killed by PoisonPill would drop what is queued behind it.
            TerminationMessage = StopCoordinator.Instance,
        };
        return node.Options.Roles.Contains(ClusterRoles.Coordinator)
            ? builder.AddJournal(node.Options.Journal)
                .WithSingleton<JobCoordinatorKey>(Name, Props.CreateBy(new CoordinatorSupervision(node)), options, createProxyToo: true)
            : builder.WithSingletonProxy<JobCoordinatorKey>(Name, options);
    }
}

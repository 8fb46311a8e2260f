using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Event;
using Akka.Hosting;
using static Bytemill.Pipeline.JobProtocol;
using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Pipeline;

/// <summary>
/// The cluster singleton that takes jobs in and drives them, one after another, through their stages. What to do is decided by
/// <see cref="CoordinatorMachine"/>; this actor carries messages to it and its decisions out.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "An actor's end is PostStop.")]
internal sealed class JobCoordinator : ReceiveActor, IWithTimers
{
    private const int MaxCleanUps = 50;

    private static readonly TimeSpan s_cleanUpInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_progressInterval = TimeSpan.FromMilliseconds(200);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly NodeServices _node;
    private readonly CoordinatorMachine _machine;
    private readonly DecisionQueue _decisions = new();
    private readonly Stopwatch _stageClock = new();
    private CancellationTokenSource? _planning;
    private bool _isCarryingOut;

    public JobCoordinator(NodeServices node)
    {
        _node = node;
        IActorRef localRunner = Context.ActorOf(Props.Create(() => new LocalTaskRunner(node, Context.Self)), "local");
        _machine = new CoordinatorMachine(new Party(localRunner));

        Receive<SubmitJob>(m => Handle(new CoordinatorInput.JobSubmitted(From, m.JobId, m.Spec, Directory.Exists(m.Spec.OutputDirectory))));
        Receive<WatchJob>(m => Handle(new CoordinatorInput.JobWatched(From, m.JobId)));
        Receive<CancelJob>(m => Handle(new CoordinatorInput.CancelRequested(From, m.JobId)));
        Receive<RequestTask>(m => Handle(new CoordinatorInput.TaskRequested(From, m.WorkerId)));
        Receive<RegisterShardHost>(m => Handle(new CoordinatorInput.ShardHostRegistered(From, m.HostId)));
        Receive<TaskProgressed>(m => Handle(new CoordinatorInput.TaskProgressed(From, m.Task, m.Units)));
        Receive<TaskCompleted>(m => Handle(new CoordinatorInput.TaskCompleted(From, m.Task, new CommittedAttempt(m.AttemptDirectory, m.Metrics))));
        Receive<TaskFailed>(m => Handle(new CoordinatorInput.TaskFailed(From, m.Task, m.Reason, m.IsInputError, m.IsDiskFull, m.IsWorkFileFault)));
        Receive<Leaving>(_ => Handle(new CoordinatorInput.PartyLost(From, IsLeaving: true)));
        Receive<Terminated>(m => Handle(new CoordinatorInput.PartyLost(new Party(m.ActorRef))));
        Receive<PublishProgress>(_ => Handle(new CoordinatorInput.Ticked()));
        Receive<TryDiskAgain>(m => Handle(new CoordinatorInput.DiskRetried(m.JobId)));
        Receive<PlanEnded>(OnPlanEnded);
        Receive<AttemptsLookedAt>(m => Handle(m.Answer));
        Receive<CleanUpAgain>(m => CleanUp(m.What, m.Tries));
        Receive<StopCoordinator>(_ => Context.Stop(Self));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private Party From => new(Sender);

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("progress", PublishProgress.Instance, s_progressInterval);
        Handle(new CoordinatorInput.Started());
    }

    protected override void PostStop() => _planning?.Cancel();

    private void Handle(CoordinatorInput input)
    {
        Decision decision = _machine.Handle(input);
        _decisions.Add(decision);
        foreach (CoordinatorEvent _ in decision.Events)
        {
            _decisions.Written();
        }

        CarryOut();
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
                ((IActorRef)e.To.Key).Tell(e.Message);
                break;
            case CoordinatorEffect.Watch e:
                Context.Watch((IActorRef)e.Who.Key);
                break;
            case CoordinatorEffect.Plan e:
                Plan(e);
                break;
            case CoordinatorEffect.CancelPlanning:
                _planning?.Cancel();
                break;
            case CoordinatorEffect.StartStageClock:
                _stageClock.Restart();
                break;
            case CoordinatorEffect.WriteManifest e:
                WriteManifest(e);
                break;
            case CoordinatorEffect.DeleteDirectories e:
                DeleteDirectories(e);
                break;
            case CoordinatorEffect.CheckAttempts e:
                CheckAttempts(e);
                break;
            case CoordinatorEffect.RetryDiskAfter e:
                Timers.StartSingleTimer("disk", new TryDiskAgain(e.JobId), e.Pause);
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
        _planning = new CancellationTokenSource();
        CancellationToken cancellation = _planning.Token;
        var clock = Stopwatch.StartNew();
        _node.Cpu
            .Run(() => PlanFacts.Of(JobPlanner.Plan(plan.Spec, new WorkDirectory(plan.Job.WorkDirectory), cancellation), clock.ElapsedMilliseconds), cancellation)
            .PipeTo(
                Self,
                success: facts => new PlanEnded(new CoordinatorInput.Planned(plan.Job.JobId, facts)),
                failure: exception => new PlanEnded(new CoordinatorInput.PlanFailed(
                    plan.Job.JobId, UserErrors.Describe(exception), UserErrors.IsInputError(exception))));
    }

    private void OnPlanEnded(PlanEnded ended)
    {
        _planning?.Dispose();
        _planning = null;
        Handle(ended.Answer);
    }

    private void WriteManifest(CoordinatorEffect.WriteManifest write)
    {
        StageTime time = write.Time with { ElapsedMs = _stageClock.ElapsedMilliseconds };
        string jobId = write.Job.JobId;
        try
        {
            var work = new WorkDirectory(write.Job.WorkDirectory);
            work.WriteManifest(write.Stage.ManifestName, write.Manifest);
            if (write.Earlier is { } earlier)
            {
                work.WriteStageTimes(new Wire.StageTimes { Stages = { earlier.Append(time).Select(WireStages.ToWire) }, Workers = write.Workers });
            }

            Handle(new CoordinatorInput.ManifestWritten(jobId, write.Stage.Number, time.ElapsedMs));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Handle(new CoordinatorInput.ManifestFailed(jobId, write.Stage.Number, UserErrors.Describe(e), UserErrors.IsDiskFull(e)));
        }
    }

    private static void DeleteDirectories(CoordinatorEffect.DeleteDirectories delete)
    {
        var work = new WorkDirectory(delete.Job.WorkDirectory);
        foreach (string directory in delete.Directories)
        {
            work.DeleteUnread(directory);
        }
    }

    // There may be a hundred thousand of them, on a network's storage.
    private void CheckAttempts(CoordinatorEffect.CheckAttempts check) =>
        _node.Cpu
            .Run(() => AttemptCheck.Run(check), CancellationToken.None)
            .PipeTo(
                Self,
                success: answer => new AttemptsLookedAt(answer),
                failure: exception => new AttemptsLookedAt(new CoordinatorInput.AttemptsChecked(
                    check.Job.JobId, [], $"The work files of the job in '{check.Job.WorkDirectory}' cannot be read: {UserErrors.Describe(exception)}")));

    // Attempts that still run notice the end within a moment; until then they may hold or write files.
    private void CleanUp(CoordinatorEffect.CleanUp what, int tries)
    {
        try
        {
            if (what.RemoveResults)
            {
                JobOutput.RemoveUnfinishedResults(what.OutputDirectory);
            }

            JobOutput.RemoveWorkFiles(what.OutputDirectory, new WorkDirectory(what.Job.WorkDirectory), what.KeepDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (tries + 1 < MaxCleanUps)
            {
                Timers.StartSingleTimer("clean-up", new CleanUpAgain(what, tries + 1), s_cleanUpInterval);
                return;
            }

            _log.Warning("Work files of job {JobId} are left in {Directory}: {Reason}", what.Job.JobId, what.Job.WorkDirectory, e.Message);
        }

        Handle(new CoordinatorInput.CleanedUp(what.Job.JobId));
    }

    private sealed record PlanEnded(CoordinatorInput Answer) : INoSerializationVerificationNeeded;

    private sealed record AttemptsLookedAt(CoordinatorInput.AttemptsChecked Answer) : INoSerializationVerificationNeeded;

    private sealed record CleanUpAgain(CoordinatorEffect.CleanUp What, int Tries) : INoSerializationVerificationNeeded;

    internal sealed record TryDiskAgain(string JobId) : INoSerializationVerificationNeeded;

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
            ? builder.WithSingleton<JobCoordinatorKey>(Name, Props.Create(() => new JobCoordinator(node)), options, createProxyToo: true)
            : builder.WithSingletonProxy<JobCoordinatorKey>(Name, options);
    }
}

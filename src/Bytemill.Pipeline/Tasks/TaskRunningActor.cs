using Akka.Actor;
using Akka.Event;
using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Pipeline;

/// <summary>
/// Runs one task at a time on the node's <see cref="CpuPool"/> and reports it until the coordinator acknowledges: the part
/// that workers, shard owners and the coordinator's own runner have in common.
/// </summary>
internal abstract class TaskRunningActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromMilliseconds(200);

    private readonly NodeServices _node;
    private readonly IActorRef _coordinator;
    private Attempt? _current;
    private AssignTask? _next;

    // Who asked this actor to end its work, once somebody has.
    private IActorRef? _drainedBy;

    // Reported once the attempt has ended, again at every tick until acknowledged.
    private object? _report;

    protected TaskRunningActor(NodeServices node, IActorRef coordinator)
    {
        _node = node;
        _coordinator = coordinator;
        Receive<AssignTask>(OnAssign);
        Receive<AttemptEnded>(OnEnded);
        Receive<TaskAcknowledged>(OnAcknowledged);
        Receive<ReleaseJob>(OnRelease);
        Receive<Drain>(_ => OnDrain());
        Receive<Tick>(_ => OnTick());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected ILoggingAdapter Log { get; } = Context.GetLogger();

    protected IActorRef Coordinator => _coordinator;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("tick", Tick.Instance, s_reportInterval);
        OnIdle();
    }

    protected override void PostStop() => _current?.Cancellation.Cancel();

    /// <summary>Nothing runs any more: a worker asks for a task.</summary>
    protected virtual void OnIdle()
    {
    }

    /// <summary>Called at every tick while nothing runs.</summary>
    protected virtual void OnIdleTick()
    {
    }

    /// <summary>The node leaves; what runs here is being cancelled.</summary>
    protected virtual void OnLeaving()
    {
    }

    private void OnDrain()
    {
        _drainedBy = Sender;
        _next = null;
        OnLeaving();
        _current?.Cancellation.Cancel();
        if (_current is null)
        {
            Sender.Tell(Drained.Instance);
        }
    }

    private void OnAssign(AssignTask assign)
    {
        if (_drainedBy is not null)
        {
            // On its way before the coordinator heard.
            OnLeaving();
            return;
        }

        if (!_node.Epochs.Admit(assign.Task.Job))
        {
            Log.Warning(
                "Refused task {Index} of stage {Stage}: it comes from coordinator {Epoch}, which has been replaced",
                assign.Task.Index, assign.Task.Stage, assign.Task.Job.Epoch);
            return;
        }

        if (_current is null)
        {
            Start(assign);
        }
        else if (_current.Assignment.Task != assign.Task)
        {
            // The coordinator gave up the attempt that runs here; the new one waits until it is out of the way.
            _current.Cancellation.Cancel();
            _next = assign;
        }
    }

    private void Start(AssignTask assign)
    {
        var attempt = new Attempt(assign);
        _current = attempt;
        _report = null;
        NodeServices node = _node;
        _node.Cpu
            .Run(() => TaskAttempt.Run(node, attempt.Meter, attempt.Cancellation.Token), attempt.Cancellation.Token)
            .PipeTo(
                Self,
                success: committed => new AttemptEnded(attempt, committed, null),
                failure: exception => new AttemptEnded(attempt, null, exception));
    }

    private void OnEnded(AttemptEnded ended)
    {
        if (!ReferenceEquals(ended.Attempt, _current))
        {
            return;
        }

        TaskIdentity task = ended.Attempt.Assignment.Task;
        if (ended.Committed is { } committed)
        {
            ended.Attempt.Committed = committed.Directory;
            _report = new TaskCompleted(task, committed.Directory.Committed, committed.Metrics, committed.ElapsedMs);
            Log.Info(
                "Finished {Kind} {Index} of stage {Stage}: {Entries} entries, {TextBytes} bytes of text",
                ended.Attempt.Assignment.Stage.Kind, task.Index, task.Stage, committed.Metrics.Entries, committed.Metrics.TextBytes);
        }
        else if (ended.Attempt.Cancellation.IsCancellationRequested)
        {
            Finish();
            return;
        }
        else
        {
            Exception exception = ended.Exception!;
            Log.Debug("Task {Index} of stage {Stage} failed: {Exception}", task.Index, task.Stage, exception.ToString());
            _report = new TaskFailed(
                task,
                UserErrors.Describe(exception),
                UserErrors.IsInputError(exception),
                UserErrors.IsDiskFull(exception),
                UserErrors.IsWorkFileFault(exception),
                UserErrors.IsStoreOutage(exception));
        }

        _coordinator.Tell(_report);
    }

    private void OnAcknowledged(TaskAcknowledged acknowledged)
    {
        if (_current is null || _report is null || acknowledged.Task != _current.Assignment.Task
            || acknowledged.AttemptDirectory != (_current.Committed?.Committed ?? ""))
        {
            return;
        }

        if (!acknowledged.IsAccepted && _current.Committed is { } unwanted)
        {
            // It may be far away, and this actor has other things to do.
            Task.Run(unwanted.Discard);
        }

        Finish();
    }

    private void OnRelease(ReleaseJob release)
    {
        if (IsReleased(_next, release.Job))
        {
            _next = null;
        }

        if (IsReleased(_current?.Assignment, release.Job))
        {
            _current!.Cancellation.Cancel();
            if (_report is not null)
            {
                // Nobody is left to acknowledge.
                Finish();
            }
        }

        if (_node.Epochs.IsLatest(release.Job))
        {
            _node.Jobs.Release(release.Job.JobId);
        }
    }

    // Of a coordinator that is gone only its own attempts are let go; the same job goes on under the next.
    private static bool IsReleased(AssignTask? assignment, JobReference job) =>
        assignment?.Task.Job is { } own && own.JobId == job.JobId && own.Epoch <= job.Epoch;

    private void OnTick()
    {
        if (_current is null)
        {
            if (_drainedBy is null)
            {
                OnIdleTick();
            }
        }
        else
        {
            _coordinator.Tell(_report ?? new TaskProgressed(_current.Assignment.Task, _current.Meter.Units, _current.Meter.TotalUnits));
        }
    }

    private void Finish()
    {
        _current!.Cancellation.Dispose();
        _current = null;
        _report = null;
        if (_drainedBy is not null)
        {
            _drainedBy.Tell(Drained.Instance);
        }
        else if (_next is { } next)
        {
            _next = null;
            Start(next);
        }
        else
        {
            OnIdle();
        }
    }

    private sealed class Attempt(AssignTask assignment)
    {
        public AssignTask Assignment => Meter.Assignment;

        public TaskMeter Meter { get; } = new(assignment);

        public CancellationTokenSource Cancellation { get; } = new();

        public AttemptDirectory? Committed { get; set; }
    }

    private sealed record AttemptEnded(Attempt Attempt, TaskAttempt.Outcome? Committed, Exception? Exception) : INoSerializationVerificationNeeded;

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}

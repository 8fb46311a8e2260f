using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Event;
using Akka.Hosting;
using static Bytemill.Pipeline.JobProtocol;
using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Pipeline;

/// <summary>
/// The cluster singleton that takes jobs in and drives them, one after another, through their stages: gives tasks to workers
/// that ask and to the owners of shards, commits the first attempt at each, and opens the next stage when all are in. What
/// comes next is decided by <see cref="JobScript"/>, who does what by <see cref="TaskBoard{TOwner}"/>; this actor carries messages.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "An actor's end is PostStop.")]
internal sealed class JobCoordinator : ReceiveActor, IWithTimers
{
    private const int MaxFailures = 3;

    // Ends that watchers may still ask for.
    private const int EndedJobsKept = 100;

    private const int MaxCleanUps = 50;

    // Runners report five times a second; after this many ticks without a word the assignment may have got lost.
    internal const int SilentTicks = 25;

    private static readonly TimeSpan s_cleanUpInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_progressInterval = TimeSpan.FromMilliseconds(200);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly NodeServices _node;
    private readonly IActorRef _localRunner;
    private readonly Queue<SubmitJob> _queue = new();
    private readonly Dictionary<string, object> _ended = new(StringComparer.Ordinal);
    private readonly Queue<string> _endedOrder = new();
    private readonly Dictionary<string, HashSet<IActorRef>> _watchers = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, string> _workers = [];
    private readonly HashSet<IActorRef> _idleWorkers = [];
    private readonly Dictionary<string, IActorRef> _shardHosts = new(StringComparer.Ordinal);
    private ActiveJob? _job;
    private ClosingJob? _closing;
    private CancellationTokenSource? _planning;

    // Without a journal every incarnation must be newer than the last: milliseconds since 1970 serve.
    private readonly long _epoch = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public JobCoordinator(NodeServices node)
    {
        _node = node;
        _localRunner = Context.ActorOf(Props.Create(() => new LocalTaskRunner(node, Context.Self)), "local");

        Receive<SubmitJob>(OnSubmit);
        Receive<WatchJob>(OnWatch);
        Receive<CancelJob>(OnCancel);
        Receive<PlanReady>(OnPlanReady);
        Receive<PlanFailed>(OnPlanFailed);
        Receive<RequestTask>(OnRequestTask);
        Receive<RegisterShardHost>(OnRegisterShardHost);
        Receive<TaskProgressed>(OnTaskProgressed);
        Receive<TaskCompleted>(OnTaskCompleted);
        Receive<TaskFailed>(OnTaskFailed);
        Receive<Terminated>(OnTerminated);
        Receive<CleanUpAgain>(_ => CleanUp());
        Receive<TryDiskAgain>(OnTryDiskAgain);
        Receive<PublishProgress>(_ =>
        {
            AssignSilentAgain();
            TellProgress();
        });
        Receive<StopCoordinator>(_ => Context.Stop(Self));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer("progress", PublishProgress.Instance, s_progressInterval);

    protected override void PostStop() => _planning?.Cancel();

    private void OnSubmit(SubmitJob submit)
    {
        if (!IsKnown(submit.JobId))
        {
            _log.Info("Accepted job {JobId}: {Mode} to {Output}", submit.JobId, submit.Spec.Mode, submit.Spec.OutputDirectory);
            _queue.Enqueue(submit);
        }

        Sender.Tell(new JobAccepted(submit.JobId));
        StartNextJob();
    }

    private bool IsKnown(string jobId) =>
        _job?.Reference.JobId == jobId || _closing?.Job.Reference.JobId == jobId || _ended.ContainsKey(jobId) || _queue.Any(job => job.JobId == jobId);

    private void OnWatch(WatchJob watch)
    {
        if (_ended.TryGetValue(watch.JobId, out object? end))
        {
            Sender.Tell(end);
            return;
        }

        if (!IsKnown(watch.JobId))
        {
            // It was accepted by a coordinator that is gone: whoever waits would wait for ever.
            Sender.Tell(new JobFailed(
                watch.JobId,
                "The coordinator ended or moved to another node, and the job was lost with it. Run the same command again with --overwrite.",
                IsInputError: false));
            return;
        }

        if (!_watchers.TryGetValue(watch.JobId, out HashSet<IActorRef>? watchers))
        {
            _watchers.Add(watch.JobId, watchers = []);
        }

        if (watchers.Add(Sender))
        {
            Context.Watch(Sender);
        }
    }

    private void OnCancel(CancelJob cancel)
    {
        if (_job?.Reference.JobId == cancel.JobId)
        {
            if (_job.IsPublishing)
            {
                _log.Info("Job {JobId} is not cancelled: its results are being published", cancel.JobId);
                return;
            }

            EndJob(new JobCancelled(cancel.JobId));
        }
        else if (_ended.TryGetValue(cancel.JobId, out object? end))
        {
            Sender.Tell(end);
        }
        else if (_queue.Any(job => job.JobId == cancel.JobId))
        {
            SubmitJob[] others = [.. _queue.Where(job => job.JobId != cancel.JobId)];
            _queue.Clear();
            foreach (SubmitJob other in others)
            {
                _queue.Enqueue(other);
            }

            Announce(cancel.JobId, new JobCancelled(cancel.JobId));
        }
        else if (!IsKnown(cancel.JobId))
        {
            // Remembered, so that its submission, still on the way, does not start it.
            Announce(cancel.JobId, new JobCancelled(cancel.JobId));
            Sender.Tell(_ended[cancel.JobId]);
        }
    }

    private void StartNextJob()
    {
        if (_job is not null || _closing is not null || !_queue.TryDequeue(out SubmitJob? submit))
        {
            return;
        }

        string work = JobOutput.WorkDirectoryOf(submit.Spec, submit.JobId);
        var reference = new JobReference(submit.JobId, _epoch, work);
        _job = new ActiveJob(reference, submit.Spec);
        _planning = new CancellationTokenSource();
        CancellationToken cancellation = _planning.Token;
        _node.Cpu
            .Run(() => JobPlanner.Plan(submit.Spec, new WorkDirectory(work), cancellation), cancellation)
            .PipeTo(
                Self,
                success: plan => new PlanReady(submit.JobId, plan),
                failure: exception => new PlanFailed(submit.JobId, exception));
    }

    private void OnPlanReady(PlanReady ready)
    {
        EndPlanning();
        if (_job?.Reference.JobId != ready.JobId)
        {
            CleanUp();
            return;
        }

        _job.Begin(ready.Plan);
        _log.Info(
            "Planned job {JobId}: {Files} files, {Partitions} partitions, {TextBytes} bytes of text",
            ready.JobId, ready.Plan.Files.Length, ready.Plan.Size.Partitions, ready.Plan.TextBytes);
        OpenStage();
    }

    private void OnPlanFailed(PlanFailed failed)
    {
        EndPlanning();
        if (_job?.Reference.JobId == failed.JobId)
        {
            EndJob(new JobFailed(failed.JobId, UserErrors.Describe(failed.Exception), UserErrors.IsInputError(failed.Exception)));
        }
        else
        {
            CleanUp();
        }
    }

    private void EndPlanning()
    {
        _planning?.Dispose();
        _planning = null;
    }

    private void OpenStage()
    {
        // A stage without tasks (tokenizing no files) is complete at once.
        while (_job!.Board!.IsComplete)
        {
            if (!TryAdvance())
            {
                return;
            }
        }

        StageSpec stage = _job.Board.Stage;
        _log.Debug("Stage {Stage}: {Kind}, {Tasks} tasks", stage.Number, stage.Kind, stage.TaskCount);
        AssignWaiting();
    }

    // False when the job ended or waits for room on a disk.
    private bool TryAdvance()
    {
        try
        {
            if (_job!.Advance(_workers.Count))
            {
                return true;
            }

            EndJob(new JobCompleted(_job.Reference.JobId, _job.OutputManifestPath));
        }
        catch (IOException e) when (UserErrors.IsDiskFull(e))
        {
            WaitForRoom(UserErrors.Describe(e));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JobInputException)
        {
            EndJob(new JobFailed(_job!.Reference.JobId, UserErrors.Describe(e), UserErrors.IsInputError(e)));
        }

        return false;
    }

    private void AssignWaiting()
    {
        if (_job is not { Board: { } board, Stall: null })
        {
            return;
        }

        switch (board.Stage.Kind.Placement())
        {
            case TaskPlacement.Worker:
                // A copy: giving a worker its task takes it off the set.
                foreach (IActorRef worker in _idleWorkers.OrderBy(worker => _workers[worker], StringComparer.Ordinal).ToArray())
                {
                    if (board.TakeNext(worker) is not { } task)
                    {
                        break;
                    }

                    _idleWorkers.Remove(worker);
                    Assign(board, task.Index, task.Attempt, worker);
                }

                break;
            case TaskPlacement.NGramShard:
                AssignShards(board, ShardKind.NGram);
                break;
            case TaskPlacement.PieceShard:
                AssignShards(board, ShardKind.Piece);
                break;
            case TaskPlacement.Coordinator:
                AssignAll(board, _ => _localRunner);
                break;
            default:
                throw new InvalidOperationException($"Unknown placement of {board.Stage.Kind}.");
        }
    }

    private void AssignShards(TaskBoard<IActorRef> board, ShardKind kind)
    {
        if (_shardHosts.Count == 0)
        {
            return;
        }

        ImmutableArray<string> hosts = ShardPlacement.Assign(_job!.Reference.JobId, kind, board.Stage.TaskCount, _shardHosts.Keys);

        // A shard stays where its task runs: a host that must give it up stops it, and nobody would report the task.
        ImmutableArray<IActorRef> owners = [.. hosts.Select((host, shard) => board.OwnerOf(shard) ?? _shardHosts[host])];
        if (!owners.SequenceEqual(_job.ShardOwners))
        {
            _job.ShardOwners = owners;
            foreach (IGrouping<IActorRef, int> group in Enumerable.Range(0, owners.Length).GroupBy(shard => owners[shard]))
            {
                group.Key.Tell(new OwnShards(_job.Reference, kind, [.. group]));
            }
        }

        AssignAll(board, shard => owners[shard]);
    }

    private void AssignAll(TaskBoard<IActorRef> board, Func<int, IActorRef> ownerOf)
    {
        foreach (int index in board.Waiting)
        {
            IActorRef owner = ownerOf(index);
            Assign(board, index, board.Take(index, owner), owner);
        }
    }

    private void Assign(TaskBoard<IActorRef> board, int index, int attempt, IActorRef owner) =>
        owner.Tell(new AssignTask(new TaskIdentity(_job!.Reference, board.Stage.Number, index, attempt), board.Stage));

    // Runners take no notice of an assignment that they have already, so it may be sent as often as one likes.
    private void AssignSilentAgain()
    {
        if (_job?.Board is { } board)
        {
            foreach ((int index, int attempt, IActorRef owner) in board.TickSilence(SilentTicks))
            {
                Assign(board, index, attempt, owner);
            }
        }
    }

    private void OnRequestTask(RequestTask request)
    {
        if (_workers.TryAdd(Sender, request.WorkerId))
        {
            Context.Watch(Sender);
            _log.Info("Worker {WorkerId} joined; {Workers} workers", request.WorkerId, _workers.Count);
        }

        if (_job?.Board is { } board && board.HeldBy(Sender) is { IsEmpty: false } held)
        {
            // Its request crossed the assignment on the way, or the assignment got lost: the same attempt serves both.
            foreach ((int index, int attempt) in held)
            {
                Assign(board, index, attempt, Sender);
            }

            return;
        }

        _idleWorkers.Add(Sender);
        AssignWaiting();
    }

    private void OnRegisterShardHost(RegisterShardHost register)
    {
        if (_shardHosts.TryGetValue(register.HostId, out IActorRef? known) && known.Equals(Sender))
        {
            return;
        }

        if (known is not null)
        {
            // A new process on the old address. The end of the old one is told later, or was overtaken.
            _job?.Board?.Lose(known);
        }

        _shardHosts[register.HostId] = Sender;
        Context.Watch(Sender);
        _log.Info("Shard host {HostId} joined; {Hosts} hosts", register.HostId, _shardHosts.Count);
        AssignWaiting();
    }

    private void OnTaskProgressed(TaskProgressed progress)
    {
        if (IsCurrent(progress.Task))
        {
            _job!.Board!.Progress(progress.Task.Index, progress.Task.Attempt, progress.Units);
        }
    }

    private void OnTaskCompleted(TaskCompleted done)
    {
        bool isOurs = _job is not null && done.Task.Job == _job.Reference;
        bool isAccepted = isOurs && _job!.Complete(done.Task, done.AttemptDirectory, done.Metrics);
        Sender.Tell(new TaskAcknowledged(done.Task, isAccepted));
        if (isOurs && _job is { Board.IsComplete: true, Stall: null })
        {
            OpenStage();
        }
    }

    // Trying again is the only way to know: how much room a task needs shows when it writes.
    private void WaitForRoom(string reason)
    {
        if (_job!.Stall is not null)
        {
            return;
        }

        _job.FullDiskTries++;
        _job.Stall = new DiskStall(reason, _job.FullDiskTries);
        _log.Warning("Job {JobId} waits: {Notice}", _job.Reference.JobId, _job.Stall.Notice);
        Timers.StartSingleTimer("disk", new TryDiskAgain(_job.Reference.JobId), _job.Stall.Pause);
    }

    private void OnTryDiskAgain(TryDiskAgain again)
    {
        if (_job?.Reference.JobId == again.JobId && _job.Stall is not null)
        {
            _job.Stall = null;
            OpenStage();
        }
    }

    private void OnTaskFailed(TaskFailed failed)
    {
        Sender.Tell(new TaskAcknowledged(failed.Task, IsAccepted: false));
        if (IsCurrent(failed.Task) && failed.IsDiskFull)
        {
            // Not counted: however often it happens, the task can be done once there is room.
            if (_job!.Board!.Return(failed.Task.Index, failed.Task.Attempt))
            {
                WaitForRoom(failed.Reason);
            }

            return;
        }

        if (!IsCurrent(failed.Task) || _job!.Board!.Fail(failed.Task.Index, failed.Task.Attempt) is not { } failures)
        {
            return;
        }

        _log.Warning(
            "Task {Index} of stage {Stage} failed ({Failures} of {MaxFailures} times): {Reason}",
            failed.Task.Index, failed.Task.Stage, failures, MaxFailures, failed.Reason);
        if (failed.IsInputError)
        {
            EndJob(new JobFailed(_job.Reference.JobId, failed.Reason, IsInputError: true));
        }
        else if (failures >= MaxFailures)
        {
            string what = _job.Board.Stage.Kind.Describe();
            EndJob(new JobFailed(
                _job.Reference.JobId,
                $"Stopped while {what}: task {failed.Task.Index} failed {failures} times, last with: {failed.Reason}",
                IsInputError: false));
        }
        else
        {
            AssignWaiting();
        }
    }

    private void OnTerminated(Terminated terminated)
    {
        IActorRef gone = terminated.ActorRef;
        foreach (HashSet<IActorRef> watchers in _watchers.Values)
        {
            watchers.Remove(gone);
        }

        bool wasWorker = _workers.Remove(gone, out string? workerId);
        _idleWorkers.Remove(gone);
        string? hostId = _shardHosts.FirstOrDefault(host => host.Value.Equals(gone)).Key;
        if (hostId is not null)
        {
            _shardHosts.Remove(hostId);
        }

        if (wasWorker || hostId is not null)
        {
            ImmutableArray<int> lost = _job?.Board?.Lose(gone) ?? [];
            if (_job is null)
            {
                // It left after its work was done.
                _log.Info("Lost {Owner}; {Tasks} of its tasks go to others", workerId ?? hostId, lost.Length);
            }
            else
            {
                _log.Warning("Lost {Owner}; {Tasks} of its tasks go to others", workerId ?? hostId, lost.Length);
            }

            AssignWaiting();
        }
    }

    private bool IsCurrent(TaskIdentity task) => _job?.Stage is { } stage && task.Job == _job.Reference && task.Stage == stage.Number;

    private void EndJob(object end)
    {
        ActiveJob job = _job!;
        _job = null;
        _planning?.Cancel();
        var release = new ReleaseJob(job.Reference);
        foreach (IActorRef owner in _workers.Keys.Concat(_shardHosts.Values).Append(_localRunner))
        {
            owner.Tell(release);
        }

        _closing = new ClosingJob(job, end);
        CleanUp();
    }

    // Attempts that still run notice the end within a moment; until then they may hold or write files.
    private void CleanUp()
    {
        // Planning makes the work directory as its last step; what it makes must not outlive the job.
        if (_closing is not { } closing || _planning is not null)
        {
            return;
        }

        try
        {
            if (closing.End is JobFailed && closing.Job.IsPublishing)
            {
                JobOutput.RemoveUnfinishedResults(closing.Job.Spec.OutputDirectory);
            }

            JobOutput.RemoveWorkFiles(closing.Job.Spec.OutputDirectory, closing.Job.Work, keepDirectory: closing.Job.OutputExisted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (++closing.Tries < MaxCleanUps)
            {
                Timers.StartSingleTimer("clean-up", CleanUpAgain.Instance, s_cleanUpInterval);
                return;
            }

            _log.Warning(
                "Work files of job {JobId} are left in {Directory}: {Reason}", closing.Job.Reference.JobId, closing.Job.Work.Root, e.Message);
        }

        _closing = null;
        _log.Info("Job {JobId} ended: {End}", closing.Job.Reference.JobId, closing.End.GetType().Name);
        Announce(closing.Job.Reference.JobId, closing.End);
        StartNextJob();
    }

    private void Announce(string jobId, object end)
    {
        _ended.Add(jobId, end);
        _endedOrder.Enqueue(jobId);
        if (_endedOrder.Count > EndedJobsKept)
        {
            _ended.Remove(_endedOrder.Dequeue());
        }

        if (_watchers.Remove(jobId, out HashSet<IActorRef>? watchers))
        {
            foreach (IActorRef watcher in watchers)
            {
                watcher.Tell(end);
            }
        }
    }

    private void TellProgress()
    {
        if (_job is null || !_watchers.TryGetValue(_job.Reference.JobId, out HashSet<IActorRef>? watchers))
        {
            return;
        }

        var progress = new JobProgressed(
            _job.Reference.JobId,
            _job.Stage?.Kind.Phase() ?? Phase.Plan,
            _job.Stage?.Kind.Describe() ?? "reading footers",
            _job.Board?.DoneUnits ?? 0,
            _job.TotalUnits,
            _job.Stage?.Kind.CountsBytes() ?? false,
            _job.Board?.CommittedCount ?? 0,
            _job.Stage?.TaskCount ?? 0,
            _workers.Count,
            _shardHosts.Count,
            _job.Stall?.Notice ?? "");
        foreach (IActorRef watcher in watchers)
        {
            watcher.Tell(progress);
        }
    }

    private sealed record PlanReady(string JobId, JobPlan Plan) : INoSerializationVerificationNeeded;

    private sealed record PlanFailed(string JobId, Exception Exception) : INoSerializationVerificationNeeded;

    private sealed class ClosingJob(ActiveJob job, object end)
    {
        public ActiveJob Job { get; } = job;

        public object End { get; } = end;

        public int Tries { get; set; }
    }

    internal sealed record TryDiskAgain(string JobId) : INoSerializationVerificationNeeded;

    private sealed record CleanUpAgain : INoSerializationVerificationNeeded
    {
        public static CleanUpAgain Instance { get; } = new();
    }

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

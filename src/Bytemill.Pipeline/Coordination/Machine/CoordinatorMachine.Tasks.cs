using System.Collections.Immutable;
using static Bytemill.Pipeline.CoordinatorEffect;
using static Bytemill.Pipeline.CoordinatorEvent;
using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Pipeline;

/// <content>Tasks: who does which, and which attempt counts.</content>
internal sealed partial class CoordinatorMachine
{
    private void AssignWaiting(JobState job)
    {
        TaskBoard<Party> board = job.Board!;
        if (!board.HasWaiting)
        {
            return;
        }

        switch (board.Stage.Kind.Placement())
        {
            case TaskPlacement.Worker:
                AssignToIdleWorkers(job, board);
                break;
            case TaskPlacement.NGramShard:
                AssignShards(job, board, ShardKind.NGram);
                break;
            case TaskPlacement.PieceShard:
                AssignShards(job, board, ShardKind.Piece);
                break;
            case TaskPlacement.Coordinator:
                AssignAll(job, board, _ => _local);
                break;
            default:
                throw new InvalidOperationException($"Unknown placement of {board.Stage.Kind}.");
        }
    }

    private void AssignToIdleWorkers(JobState job, TaskBoard<Party> board)
    {
        // A copy: giving a worker its task takes it off the set.
        foreach (Party worker in _idleWorkers.OrderBy(worker => _workers[worker], StringComparer.Ordinal).ToArray())
        {
            if (board.TakeNext(worker) is not { } task)
            {
                break;
            }

            _idleWorkers.Remove(worker);
            Assign(job, board, task.Index, task.Attempt, worker);
        }
    }

    private void AssignShards(JobState job, TaskBoard<Party> board, ShardKind kind)
    {
        if (_shardHosts.Count == 0)
        {
            return;
        }

        ImmutableArray<string> hosts = ShardPlacement.Assign(job.JobId, kind, board.Stage.TaskCount, _shardHosts.Keys);

        // A shard stays where its task runs: a host that must give it up stops it, and nobody would report the task.
        ImmutableArray<Party> owners = [.. hosts.Select((host, shard) => board.TryGetOwner(shard, out Party owner) ? owner : _shardHosts[host])];
        if (!owners.SequenceEqual(_shardOwners))
        {
            _shardOwners = owners;
            foreach (IGrouping<Party, int> group in Enumerable.Range(0, owners.Length).GroupBy(shard => owners[shard]))
            {
                Tell(group.Key, new OwnShards(ReferenceOf(job), kind, [.. group]));
            }
        }

        AssignAll(job, board, shard => owners[shard]);
    }

    private void AssignAll(JobState job, TaskBoard<Party> board, Func<int, Party> ownerOf)
    {
        foreach (int index in board.Waiting)
        {
            Party owner = ownerOf(index);
            Assign(job, board, index, board.Take(index, owner), owner);
        }
    }

    private void Assign(JobState job, TaskBoard<Party> board, int index, int attempt, Party owner) =>
        Tell(owner, new AssignTask(new TaskIdentity(ReferenceOf(job), board.Stage.Number, index, attempt), board.Stage));

    // Runners take no notice of an assignment that they have already, so it may be sent as often as one likes.
    private void AssignSilentAgain()
    {
        if (_state.Active is { End: null, Board: { } board } job)
        {
            foreach ((int index, int attempt, Party owner) in board.TickSilence(SilentTicks))
            {
                Assign(job, board, index, attempt, owner);
            }
        }
    }

    private void OnTaskRequested(CoordinatorInput.TaskRequested m)
    {
        if (_workers.TryAdd(m.From, m.WorkerId))
        {
            Do(new Watch(m.From));
            Info("Worker {WorkerId} joined; {Workers} workers", m.WorkerId, _workers.Count);
        }

        if (_state.Active is { End: null, Board: { } board } job && board.HeldBy(m.From) is { IsEmpty: false } held)
        {
            // Its request crossed the assignment on the way, or the assignment got lost: the same attempt serves both.
            foreach ((int index, int attempt) in held)
            {
                Assign(job, board, index, attempt, m.From);
            }

            return;
        }

        _idleWorkers.Add(m.From);
    }

    private void OnShardHostRegistered(CoordinatorInput.ShardHostRegistered m)
    {
        if (_shardHosts.TryGetValue(m.HostId, out Party known))
        {
            if (known == m.From)
            {
                return;
            }

            // A new process on the old address. The end of the old one is told later, or was overtaken.
            int tasks = _state.Active?.Board?.Lose(known).Length ?? 0;
            Warn("Lost {Owner}; {Tasks} of its tasks go to others", m.HostId, tasks);
        }

        _shardHosts[m.HostId] = m.From;
        Do(new Watch(m.From));
        Info("Shard host {HostId} joined; {Hosts} hosts", m.HostId, _shardHosts.Count);
    }

    private void OnTaskProgressed(CoordinatorInput.TaskProgressed m)
    {
        if (IsOfNewerCoordinator(m.Task))
        {
            return;
        }

        if (IsCurrent(m.Task))
        {
            _state.Active!.Board!.Progress(m.Task.Index, m.Task.Attempt, m.Units);
        }
        else if (m.Task.Job.Epoch < _state.Epoch || _state.EndOf(m.Task.Job.JobId) is not null)
        {
            // Work for a coordinator that is gone, or for a job that has ended: its result would be turned away.
            Tell(m.From, new ReleaseJob(m.Task.Job));
        }
    }

    private void OnTaskCompleted(CoordinatorInput.TaskCompleted m)
    {
        TaskIdentity task = m.Task;
        if (IsOfNewerCoordinator(task))
        {
            return;
        }

        bool isAccepted = false;
        if (_state.Active is { End: null } job && job.JobId == task.Job.JobId)
        {
            // A report is repeated until acknowledged, also to the next coordinator: whoever did what counts must not be told to delete it.
            isAccepted = job.IsCommitted(task.Index, m.Attempt.Directory);
            if (!isAccepted && IsCurrent(task) && WorkDirectory.IsAttemptName(m.Attempt.Directory) && job.Board!.IsOpen(task.Index))
            {
                Emit(new AttemptCommitted(job.JobId, task.Stage, task.Index, m.Attempt));
                _fullDiskTries = 0;
                isAccepted = true;
            }
        }

        Tell(m.From, new TaskAcknowledged(task, isAccepted));
    }

    private void OnTaskFailed(CoordinatorInput.TaskFailed m)
    {
        TaskIdentity task = m.Task;
        if (IsOfNewerCoordinator(task))
        {
            return;
        }

        Tell(m.From, new TaskAcknowledged(task, IsAccepted: false));
        if (!IsCurrent(task))
        {
            return;
        }

        JobState job = _state.Active!;
        if (m.IsDiskFull)
        {
            // Not counted: however often it happens, the task can be done once there is room.
            if (job.Board!.Return(task.Index, task.Attempt))
            {
                WaitForRoom(job, m.Reason);
            }

            return;
        }

        if (m.IsWorkFileFault && _errand is Errand.CheckingAttempts or Errand.LookingForDamage)
        {
            // Its files are looked at already.
            job.Board!.Return(task.Index, task.Attempt);
            return;
        }

        if (job.Board!.Fail(task.Index, task.Attempt) is not { } failures)
        {
            return;
        }

        if (m.IsInputError)
        {
            EndJob(job, JobEnd.Failed(m.Reason, isInputError: true));
            return;
        }

        Warn(
            "Task {Index} of stage {Stage} failed ({Failures} of {MaxFailures} times): {Reason}",
            task.Index, task.Stage, failures, MaxFailures, m.Reason);
        if (failures >= MaxFailures)
        {
            EndJob(job, JobEnd.Failed(
                $"Stopped while {job.Stage!.Kind.Describe()}: task {task.Index} failed {failures} times, last with: {m.Reason}", isInputError: false));
        }
        else if (m.IsWorkFileFault && _errand == Errand.None)
        {
            Warn("Work files of job {JobId} are gone or damaged; all that are still needed are read to find out which", job.JobId);
            CheckAttempts(job, Errand.LookingForDamage);
        }
    }

    // Trying again is the only way to know: how much room a task needs shows when it writes.
    private void WaitForRoom(JobState job, string reason)
    {
        if (_stall is not null)
        {
            return;
        }

        _stall = new DiskStall(reason, ++_fullDiskTries);
        Warn("Job {JobId} waits: {Notice}", job.JobId, _stall.Notice);
        Do(new RetryDiskAfter(job.JobId, _stall.Pause));
    }

    private void OnPartyLost(Party gone, bool isLeaving)
    {
        foreach (HashSet<Party> watchers in _watchers.Values)
        {
            watchers.Remove(gone);
        }

        bool wasWorker = _workers.Remove(gone, out string? workerId);
        _idleWorkers.Remove(gone);
        string? hostId = _shardHosts.FirstOrDefault(host => host.Value == gone).Key;
        if (hostId is not null)
        {
            _shardHosts.Remove(hostId);
        }

        if (!wasWorker && hostId is null)
        {
            return;
        }

        string owner = workerId ?? hostId!;
        int tasks = _state.Active is { End: null } job ? job.Board?.Lose(gone).Length ?? 0 : 0;
        if (isLeaving)
        {
            Info("{Owner} leaves; {Tasks} of its tasks go to others", owner, tasks);
        }
        else if (_state.Active is { End: null })
        {
            Warn("Lost {Owner}; {Tasks} of its tasks go to others", owner, tasks);
        }
        else
        {
            // It left after its work was done.
            Info("Lost {Owner}; {Tasks} of its tasks go to others", owner, tasks);
        }
    }

    // Whoever has been replaced and does not know it must not say a word: what it would turn away may be what counts.
    private bool IsOfNewerCoordinator(TaskIdentity task) => task.Job.Epoch > _state.Epoch;

    private bool IsCurrent(TaskIdentity task) =>
        _state.Active is { End: null, Stage: { } stage } job && task.Job.JobId == job.JobId && task.Job.Epoch == _state.Epoch && task.Stage == stage.Number;
}

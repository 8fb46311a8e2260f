using System.Collections.Immutable;
using static Bytemill.Pipeline.CoordinatorEffect;
using static Bytemill.Pipeline.CoordinatorEvent;
using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Pipeline;

/// <content>Tasks: who does which, and which attempt counts.</content>
internal sealed partial class CoordinatorMachine
{
    // Tasks that have a place of their own; those for any worker wait for one that is idle.
    private void AssignToOwners(JobState job, JobControl control)
    {
        TaskBoard<Party> board = job.Board!;
        if (!board.HasWaiting)
        {
            return;
        }

        switch (board.Stage.Kind.Placement())
        {
            case TaskPlacement.Worker:
                break;
            case TaskPlacement.NGramShard:
                AssignShards(job, control, ShardKind.NGram);
                break;
            case TaskPlacement.PieceShard:
                AssignShards(job, control, ShardKind.Piece);
                break;
            case TaskPlacement.Coordinator:
                AssignAll(job, board, _ => _local);
                break;
            default:
                throw new InvalidOperationException($"Unknown placement of {board.Stage.Kind}.");
        }
    }

    private void AssignToIdleWorkers()
    {
        if (_idleWorkers.Count == 0 || NextForWorkers() is null)
        {
            return;
        }

        // A copy: giving a worker its task takes it off the set.
        foreach (Party worker in _idleWorkers.OrderBy(worker => _workers[worker], StringComparer.Ordinal).ToArray())
        {
            if (NextForWorkers() is not { } job)
            {
                break;
            }

            (int index, int attempt) = job.Board!.TakeNext(worker)!.Value;
            _idleWorkers.Remove(worker);
            Assign(job, job.Board, index, attempt, worker);
        }
    }

    // Workers go to the job of the highest priority; among equals to the one that has fewest of them.
    private JobState? NextForWorkers()
    {
        JobState? next = null;
        foreach (JobState job in _state.Jobs)
        {
            if (job is { End: null, Board: { HasWaiting: true } board }
                && board.Stage.Kind.Placement() == TaskPlacement.Worker
                && ControlOf(job.JobId).IsOpenForTasks
                && (next is null || job.Priority > next.Priority || (job.Priority == next.Priority && board.RunningCount < next.Board!.RunningCount)))
            {
                next = job;
            }
        }

        return next;
    }

    private void AssignShards(JobState job, JobControl control, ShardKind kind)
    {
        TaskBoard<Party> board = job.Board!;
        if (_shardHosts.Count == 0)
        {
            return;
        }

        ImmutableArray<string> hosts = ShardPlacement.Assign(job.JobId, kind, board.Stage.TaskCount, _shardHosts.Keys);

        // A shard stays where its task runs: a host that must give it up stops it, and nobody would report the task.
        ImmutableArray<Party> owners = [.. hosts.Select((host, shard) => board.TryGetOwner(shard, out Party owner) ? owner : _shardHosts[host])];
        if (!owners.SequenceEqual(control.ShardOwners))
        {
            control.ShardOwners = owners;
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

    private void Assign(JobState job, TaskBoard<Party> board, int index, int attempt, Party owner)
    {
        Tell(owner, new AssignTask(new TaskIdentity(ReferenceOf(job), board.Stage.Number, index, attempt), board.Stage));
        NoteAttempt(job, index, attempt, NameOf(owner));
    }

    // Runners take no notice of an assignment that they have already, so it may be sent as often as one likes.
    private void AssignSilentAgain()
    {
        foreach (JobState job in _state.Jobs)
        {
            if (job is { End: null, Board: { } board })
            {
                foreach ((int index, int attempt, Party owner) in board.TickSilence(SilentTicks))
                {
                    Assign(job, board, index, attempt, owner);
                }
            }
        }
    }

    private void OnTaskRequested(CoordinatorInput.TaskRequested m)
    {
        if (_workers.TryAdd(m.From, m.WorkerId))
        {
            Do(new Watch(m.From));
            Info("Worker {WorkerId} joined; {Workers} workers", m.WorkerId, _workers.Count);
            _news.Join(m.WorkerId);
        }

        foreach (JobState job in _state.Jobs)
        {
            if (job is { End: null, Board: { } board } && board.HeldBy(m.From) is { IsEmpty: false } held)
            {
                // Its request crossed the assignment on the way, or the assignment got lost: the same attempt serves both.
                foreach ((int index, int attempt) in held)
                {
                    Assign(job, board, index, attempt, m.From);
                }

                return;
            }
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
            int tasks = Lose(known, m.HostId, isDead: true);
            Warn("Lost {Owner}; {Tasks} of its tasks go to others", m.HostId, tasks);
            _news.Lose(m.HostId, tasks, isLeaving: false);
        }

        _shardHosts[m.HostId] = m.From;
        Do(new Watch(m.From));
        Info("Shard host {HostId} joined; {Hosts} hosts", m.HostId, _shardHosts.Count);
        _news.Join(m.HostId);
    }

    private void OnTaskProgressed(CoordinatorInput.TaskProgressed m)
    {
        if (IsOfNewerCoordinator(m.Task))
        {
            return;
        }

        if (Current(m.Task) is { } job && ControlOf(job.JobId).HasSlot)
        {
            if (job.Board!.Progress(m.Task.Index, m.Task.Attempt, m.Units))
            {
                NotesOf(job).Progress(m.Task.Index, m.Units, m.TotalUnits, _now);
            }
        }
        else if (m.Task.Job.Epoch < _state.Epoch || _state.Find(m.Task.Job.JobId) is not { } known || !ControlOf(known.JobId).HasSlot)
        {
            // Work for a coordinator that is gone, or for a job that has ended or is paused: nobody waits for its result.
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
        if (_state.Find(task.Job.JobId) is { End: null } job)
        {
            // A report is repeated until acknowledged, also to the next coordinator: whoever did what counts must not be told to delete it.
            isAccepted = job.IsCommitted(task.Index, m.Attempt.Directory);
            if (!isAccepted && Current(task) is not null && WorkDirectory.IsAttemptName(m.Attempt.Directory) && job.Board!.IsOpen(task.Index))
            {
                Emit(new AttemptCommitted(job.JobId, task.Stage, task.Index, m.Attempt));
                NotesOf(job).Took(task.Index, m.ElapsedMs, _workers.GetValueOrDefault(m.From));
                ControlOf(job.JobId).Stalls = 0;
                isAccepted = true;
            }
        }

        Tell(m.From, new TaskAcknowledged(task, isAccepted, m.Attempt.Directory));
    }

    private void OnTaskFailed(CoordinatorInput.TaskFailed m)
    {
        TaskIdentity task = m.Task;
        if (IsOfNewerCoordinator(task))
        {
            return;
        }

        Tell(m.From, new TaskAcknowledged(task, IsAccepted: false, AttemptDirectory: ""));
        if (Current(task) is not { } job)
        {
            return;
        }

        JobControl control = ControlOf(job.JobId);
        if (m.IsDiskFull || m.IsStoreOutage)
        {
            // Not counted: however often it happens, the task can be done once there is room, or an answer.
            if (job.Board!.Return(task.Index, task.Attempt))
            {
                Wait(job, tries => m.IsDiskFull ? JobStall.OfFullDisk(m.Reason, tries) : JobStall.OfStore(m.Reason, tries));
            }

            return;
        }

        if (m.IsWorkFileFault && (control.IsDamaged || control.Errand == JobErrand.CheckingAttempts))
        {
            // Its files are looked at already.
            job.Board!.Return(task.Index, task.Attempt);
            return;
        }

        TaskBoard<Party> board = job.Board!;
        string owner = board.TryGetOwner(task.Index, out Party held) ? NameOf(held) : "";
        if (!board.Fail(task.Index, task.Attempt, new FailedAttempt(task.Attempt, owner, m.Reason)))
        {
            return;
        }

        NoteFailure(job, task.Index, owner, task.Attempt, m.Reason);
        if (m.IsInputError)
        {
            EndJob(job, JobEnd.Failed(m.Reason, isInputError: true));
            return;
        }

        int failures = board.FailuresOf(task.Index).Length - board.DeathsOf(task.Index);
        Warn(
            "Task {Index} of stage {Stage} failed ({Failures} of {MaxFailures} times): {Reason}",
            task.Index, task.Stage, failures, MaxFailures, m.Reason);
        if (failures >= MaxFailures)
        {
            EndJob(job, JobEnd.Failed(
                $"Stopped while {board.Stage.Kind.Describe()}: task {task.Index} failed {failures} times, last with: {m.Reason}", isInputError: false, PoisonOf(board, task.Index)));
        }
        else if (m.IsWorkFileFault && control.Errand == JobErrand.None)
        {
            Warn("Work files of job {JobId} are gone or damaged; all that are still needed are read to find out which", job.JobId);
            Note(job, EventSeverity.Warning, "Work files are gone or damaged; all that are still needed are read to find out which");
            control.IsDamaged = true;
        }
    }

    // Trying again is the only way to know: how much room a task needs shows when it writes.
    private void WaitForRoom(JobState job, string reason) => Wait(job, tries => JobStall.OfFullDisk(reason, tries));

    private void Wait(JobState job, Func<int, JobStall> stall)
    {
        JobControl control = ControlOf(job.JobId);
        if (control.Stall is not null || !control.HasSlot)
        {
            return;
        }

        control.Stall = stall(++control.Stalls);
        Warn("Job {JobId} waits: {Notice}", job.JobId, control.Stall.Notice);
        Note(job, EventSeverity.Warning, $"Waits: {control.Stall.Notice}");
        Do(new RetryAfter(job.JobId, control.Stall.Pause));
    }

    private void OnRetried(CoordinatorInput.Retried m)
    {
        if (_state.Find(m.JobId) is not { } job)
        {
            return;
        }

        JobControl control = ControlOf(m.JobId);
        if (control.Stall is not null)
        {
            control.Stall = null;
            Note(job, EventSeverity.Info, "Tries again");
        }
    }

    private void OnPartyLost(Party gone, bool isLeaving)
    {
        foreach (JobControl control in _controls.Values)
        {
            control.Watchers.Remove(gone);
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
        int tasks = Lose(gone, owner, isDead: !isLeaving);
        if (wasWorker)
        {
            _news.Lose(workerId!, tasks, isLeaving);
        }

        if (hostId is not null)
        {
            _news.Lose(hostId, wasWorker ? 0 : tasks, isLeaving);
        }

        if (isLeaving)
        {
            Info("{Owner} leaves; {Tasks} of its tasks go to others", owner, tasks);
        }
        else if (_state.Jobs.Any(job => job.End is null && ControlOf(job.JobId).HasSlot))
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

    // The job whose open stage the task is of, where this coordinator gave it out.
    private JobState? Current(TaskIdentity task) =>
        task.Job.Epoch == _state.Epoch && _state.Find(task.Job.JobId) is { End: null, Stage: { } stage } job && task.Stage == stage.Number ? job : null;

    // The tasks of somebody who is gone wait again; returns how many there were.
    private int Lose(Party gone, string name, bool isDead)
    {
        int tasks = 0;
        foreach (JobState job in _state.Jobs)
        {
            if (job is not { End: null, Board: { } board })
            {
                continue;
            }

            foreach ((int index, int attempt) in board.Lose(gone))
            {
                tasks++;
                if (isDead)
                {
                    NoteDeath(job, index, name);
                }

                if (isDead && board.Die(index, new FailedAttempt(attempt, name, "the process died, or was not heard any more")) >= _maxDeaths && job.End is null)
                {
                    EndJob(job, JobEnd.Failed(
                        $"Stopped while {board.Stage.Kind.Describe()}: {_maxDeaths} processes died while they did task {index}. If they ran out of memory, give them more, or set a smaller --memory or --partition-size.",
                        isInputError: false,
                        PoisonOf(board, index)));
                }
            }
        }

        return tasks;
    }

    private string NameOf(Party who) =>
        _workers.TryGetValue(who, out string? worker) ? worker
        : _shardHosts.FirstOrDefault(host => host.Value == who).Key ?? "coordinator";

    private static PoisonTask PoisonOf(TaskBoard<Party> board, int index) => new(board.Stage.Number, board.Stage.Kind, index, board.FailuresOf(index));
}

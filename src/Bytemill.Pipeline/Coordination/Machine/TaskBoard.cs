using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Bytemill.Pipeline;

/// <summary>
/// The tasks of one stage: waiting, running, committed. The first attempt reported complete is the committed one; any later
/// one is turned away. Owners are opaque keys; no actor is known here.
/// </summary>
internal sealed class TaskBoard<TOwner>
    where TOwner : notnull
{
    private readonly SortedSet<int> _waiting;
    private readonly Dictionary<int, RunningAttempt> _running = [];
    private readonly CommittedAttempt?[] _committed;
    private readonly int[] _attempts;
    private readonly Dictionary<TOwner, SortedSet<int>> _held = [];
    private readonly Dictionary<int, Misfortune> _misfortunes = [];

    private long _committedUnits;

    public TaskBoard(StageSpec stage)
    {
        Stage = stage;
        _waiting = [.. Enumerable.Range(0, stage.TaskCount)];
        _committed = new CommittedAttempt?[stage.TaskCount];
        _attempts = new int[stage.TaskCount];
    }

    public StageSpec Stage { get; }

    public int CommittedCount { get; private set; }

    public bool IsComplete => CommittedCount == _committed.Length;

    /// <summary>Units of committed tasks plus those that running attempts reported.</summary>
    public long DoneUnits => _committedUnits + _running.Values.Sum(running => running.Units);

    /// <summary>Tasks that run.</summary>
    public int RunningCount => _running.Count;

    /// <summary>Tasks that are neither running nor committed.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>Attempts that run, in no order.</summary>
    public IEnumerable<(int Index, int Attempt)> Running => _running.Select(task => (task.Key, task.Value.Attempt));

    /// <summary>Whether a task is neither running nor committed.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>The committed attempt of each task, so far.</summary>
    public ImmutableArray<CommittedAttempt?> Committed => [.. _committed];

    /// <summary>Tasks without a running attempt, ascending.</summary>
    public ImmutableArray<int> Waiting => [.. _waiting];

    /// <summary>Begins an attempt at the first waiting task; <c>null</c> when none waits.</summary>
    public (int Index, int Attempt)? TakeNext(TOwner owner) => _waiting.Count == 0 ? null : (_waiting.Min, Take(_waiting.Min, owner));

    /// <summary>Begins an attempt at a waiting task and returns its number.</summary>
    public int Take(int index, TOwner owner)
    {
        if (!_waiting.Remove(index))
        {
            throw new InvalidOperationException($"Task {index} of stage {Stage.Number} is not waiting.");
        }

        int attempt = ++_attempts[index];
        _running.Add(index, new RunningAttempt(attempt, owner));
        if (!_held.TryGetValue(owner, out SortedSet<int>? held))
        {
            _held.Add(owner, held = []);
        }

        held.Add(index);
        return attempt;
    }

    /// <summary>An attempt has done so much; whether it runs (still).</summary>
    public bool Progress(int index, int attempt, long units)
    {
        if (!_running.TryGetValue(index, out RunningAttempt? running) || running.Attempt != attempt)
        {
            return false;
        }

        running.Units = units;
        running.SilentTicks = 0;
        return true;
    }

    /// <summary>Who runs a task; nobody when it waits or is committed.</summary>
    public bool TryGetOwner(int index, [MaybeNullWhen(false)] out TOwner owner)
    {
        bool isRunning = _running.TryGetValue(index, out RunningAttempt? running);
        owner = isRunning ? running!.Owner : default;
        return isRunning;
    }

    /// <summary>Whether an attempt at a task runs.</summary>
    public bool IsRunning(int index) => _running.ContainsKey(index);

    /// <summary>Whether there is such a task and none of its attempts is committed.</summary>
    public bool IsOpen(int index) => (uint)index < (uint)_committed.Length && _committed[index] is null;

    /// <summary>The committed attempt at a task; <c>null</c> when there is none, or no such task.</summary>
    public CommittedAttempt? CommittedAt(int index) => (uint)index < (uint)_committed.Length ? _committed[index] : null;

    /// <summary>Attempts that an owner runs, ascending.</summary>
    public ImmutableArray<(int Index, int Attempt)> HeldBy(TOwner owner) =>
        _held.TryGetValue(owner, out SortedSet<int>? held) ? [.. held.Select(index => (index, _running[index].Attempt))] : [];

    /// <summary>Lets one tick of time pass; names the attempts of which nothing was heard for <paramref name="ticks"/> and counts anew for these.</summary>
    public ImmutableArray<(int Index, int Attempt, TOwner Owner)> TickSilence(int ticks)
    {
        var silent = ImmutableArray.CreateBuilder<(int, int, TOwner)>();
        foreach ((int index, RunningAttempt running) in _running)
        {
            if (++running.SilentTicks >= ticks)
            {
                running.SilentTicks = 0;
                silent.Add((index, running.Attempt, running.Owner));
            }
        }

        return silent.ToImmutable();
    }

    /// <summary>Commits an attempt unless another was first; whether this one is the committed attempt.</summary>
    public bool Complete(int index, string directory, TaskMetrics metrics)
    {
        if (_committed[index] is { } committed)
        {
            return committed.Directory == directory;
        }

        // An attempt given up as lost may still come first: its work is as good as any.
        _waiting.Remove(index);
        Stop(index);
        _committed[index] = new CommittedAttempt(directory, metrics);
        CommittedCount++;
        _committedUnits += metrics.Units;
        return true;
    }

    /// <summary>Takes a commit back, since its files are gone: the task waits again.</summary>
    public void Invalidate(int index)
    {
        if (_committed[index] is not { } lost)
        {
            throw new InvalidOperationException($"Task {index} of stage {Stage.Number} is not committed.");
        }

        _committed[index] = null;
        CommittedCount--;
        _committedUnits -= lost.Metrics.Units;
        _waiting.Add(index);
    }

    /// <summary>Puts a failed task back in the queue; <c>false</c> when the attempt does not run (any more).</summary>
    public bool Fail(int index, int attempt, FailedAttempt failure)
    {
        if (!Return(index, attempt))
        {
            return false;
        }

        Note(index).Attempts.Add(failure);
        return true;
    }

    /// <summary>Takes note that a task, which waits again, was lost with its owner; how often that happened by now.</summary>
    public int Die(int index, FailedAttempt failure)
    {
        Misfortune misfortune = Note(index);
        misfortune.Attempts.Add(failure);
        return ++misfortune.Deaths;
    }

    /// <summary>Attempts at a task that came to nothing, in order.</summary>
    public ImmutableArray<FailedAttempt> FailuresOf(int index) => _misfortunes.TryGetValue(index, out Misfortune? noted) ? [.. noted.Attempts] : [];

    /// <summary>How many of them were lost with their owner.</summary>
    public int DeathsOf(int index) => _misfortunes.TryGetValue(index, out Misfortune? noted) ? noted.Deaths : 0;

    /// <summary>Puts a task back in the queue through no fault of its own; whether the attempt was running.</summary>
    public bool Return(int index, int attempt)
    {
        if (!_running.TryGetValue(index, out RunningAttempt? running) || running.Attempt != attempt)
        {
            return false;
        }

        Stop(index);
        _waiting.Add(index);
        return true;
    }

    /// <summary>Puts the tasks of a lost owner back in the queue and names them with their attempts, ascending.</summary>
    public ImmutableArray<(int Index, int Attempt)> Lose(TOwner owner)
    {
        ImmutableArray<(int Index, int Attempt)> lost = HeldBy(owner);
        foreach ((int index, _) in lost)
        {
            Stop(index);
            _waiting.Add(index);
        }

        return lost;
    }

    /// <summary>Puts all tasks that run back in the queue.</summary>
    public void LoseAll()
    {
        _waiting.UnionWith(_running.Keys);
        _running.Clear();
        _held.Clear();
    }

    /// <summary>The committed attempts, once complete.</summary>
    public StageManifest ToManifest() => new(
        Stage.Number,
        [.. _committed.Select(task => task!.Directory)],
        [.. _committed.Select(task => task!.Metrics)]);

    private void Stop(int index)
    {
        if (_running.Remove(index, out RunningAttempt? running))
        {
            SortedSet<int> held = _held[running.Owner];
            held.Remove(index);
            if (held.Count == 0)
            {
                _held.Remove(running.Owner);
            }
        }
    }

    private Misfortune Note(int index)
    {
        if (!_misfortunes.TryGetValue(index, out Misfortune? noted))
        {
            _misfortunes.Add(index, noted = new Misfortune());
        }

        return noted;
    }

    private sealed class Misfortune
    {
        public List<FailedAttempt> Attempts { get; } = [];

        public int Deaths { get; set; }
    }

    private sealed class RunningAttempt(int attempt, TOwner owner)
    {
        public int Attempt { get; } = attempt;

        public TOwner Owner { get; } = owner;

        public long Units { get; set; }

        public int SilentTicks { get; set; }
    }
}

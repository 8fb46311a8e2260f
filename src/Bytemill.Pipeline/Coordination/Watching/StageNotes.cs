using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>
/// What the coordinator has seen of the tasks of one stage: who did them, since when, how long, what went wrong. Nothing is decided by it.
/// Which tasks run is the board's to say.
/// </summary>
internal sealed class StageNotes
{
    // Fewer say little of how long a task takes, and short ones are late by chance.
    private const int FewestToCompare = 3;
    private const long ShortestStraggleMs = 5000;
    private const int StraggleFactor = 2;
    private const int MostCompared = 255;

    private const int LongestFailure = 300;

    private readonly List<string> _owners = [""];
    private readonly Dictionary<string, int> _ownerNumbers = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly Dictionary<int, string> _failures = [];

    // None of a stage that was done before the present coordinator: of it only that is known.
    private readonly Note[]? _tasks;

    // When the job was paused, while it is; and for how long it was before.
    private long? _heldAt;
    private long _heldMs;

    /// <summary>A stage that is being worked on.</summary>
    public StageNotes(TaskBoard<Party> board, long startedAt)
    {
        Stage = board.Stage;
        StartedAt = startedAt;
        _tasks = new Note[Stage.TaskCount];
        for (int i = 0; i < _tasks.Length; i++)
        {
            if (board.CommittedAt(i) is { } attempt)
            {
                _tasks[i].DoneUnits = _tasks[i].TotalUnits = attempt.Metrics.Units;
                _tasks[i].IsDone = true;
                DoneCount++;
            }
        }
    }

    /// <summary>A stage that was done before the present coordinator.</summary>
    public StageNotes(StageSpec stage)
    {
        Stage = stage;
        DoneCount = stage.TaskCount;
        IsClosed = true;
    }

    public StageSpec Stage { get; }

    /// <summary>In milliseconds since 1970-01-01 UTC; 0 for before the present coordinator.</summary>
    public long StartedAt { get; }

    /// <summary>Set when it is closed; 0 where that is not known.</summary>
    public long ElapsedMs { get; private set; }

    public bool IsClosed { get; private set; }

    public int DoneCount { get; private set; }

    /// <summary>Tasks that are remembered one by one.</summary>
    public int NoteCount => _tasks?.Length ?? 0;

    /// <summary>All its tasks are done.</summary>
    public void Close(long elapsedMs) => (IsClosed, ElapsedMs) = (true, elapsedMs);

    /// <summary>It is not worked on any more, whether it is done or not.</summary>
    public void Stop(long now)
    {
        if (!IsClosed)
        {
            Close(ElapsedAt(now));
        }
    }

    /// <summary>Its job is paused: time goes on, and is not its own.</summary>
    public void Hold(long now) => _heldAt ??= now;

    /// <summary>It is worked on again, if it was held.</summary>
    public void GoOn(long now)
    {
        _heldMs += Math.Max(0, now - (_heldAt ?? now));
        _heldAt = null;
    }

    /// <summary>An attempt is given out; <c>false</c> when it was before, and is once more.</summary>
    public bool Assign(int index, int attempt, string owner, long now)
    {
        ref Note task = ref _tasks![index];
        if (attempt == task.Attempts)
        {
            return false;
        }

        task.Attempts = attempt;
        task.Owner = NumberOf(owner);
        task.StartedAt = now;
        task.DoneUnits = 0;
        task.TotalUnits = 0;
        return true;
    }

    /// <summary>The running attempt has done so much.</summary>
    public void Progress(int index, long units, long totalUnits, long now)
    {
        ref Note task = ref _tasks![index];
        if (task.TotalUnits == 0 && totalUnits > 0)
        {
            // Until now it stood in its owner's queue.
            task.StartedAt = now;
            task.TotalUnits = totalUnits;
        }

        task.DoneUnits = units;
    }

    public void Commit(int index, long units)
    {
        ref Note task = ref _tasks![index];
        task.DoneUnits = task.TotalUnits = units;
        task.IsDone = true;
        DoneCount++;
    }

    /// <summary>How long the committed attempt took by its owner's clock, and who did it where that is known.</summary>
    public void Took(int index, long elapsedMs, string? owner)
    {
        ref Note task = ref _tasks![index];
        task.ElapsedMs = elapsedMs;
        task.Owner = owner is null ? task.Owner : NumberOf(owner);
    }

    public void Invalidate(int index)
    {
        if (_tasks is null)
        {
            // The stage is opened anew in a moment, and noted then.
            return;
        }

        _tasks[index] = default;
        DoneCount--;
    }

    public void Fail(int index, string reason) => _failures[index] = reason.Length > LongestFailure ? reason[..LongestFailure] + "…" : reason;

    /// <param name="board">The board of the stage while it is worked on; else <c>null</c>.</param>
    /// <param name="now">In milliseconds since 1970-01-01 UTC.</param>
    public StageReport Report(TaskBoard<Party>? board, long now)
    {
        Pace pace = PaceOf();
        int running = 0;
        int stragglers = 0;
        foreach ((int index, _) in board?.Running ?? [])
        {
            running++;
            stragglers += IsStraggler(index, board, pace, now) ? 1 : 0;
        }

        long elapsed = IsClosed ? ElapsedMs : ElapsedAt(now);
        return new StageReport(
            Stage.Number, Stage.Kind, Stage.TaskCount, DoneCount, running, _failures.Count, stragglers, StartedAt, elapsed, IsOpen: board is not null);
    }

    /// <summary>Cells of the tasks from one on, not more than so many.</summary>
    public ImmutableArray<TaskCell> Cells(int first, int most, TaskBoard<Party>? board, long now)
    {
        Pace pace = PaceOf();
        first = Math.Clamp(first, 0, Stage.TaskCount);
        var cells = ImmutableArray.CreateBuilder<TaskCell>(Math.Min(most, Stage.TaskCount - first));
        for (int i = first; cells.Count < cells.Capacity; i++)
        {
            cells.Add(new TaskCell(StateOf(i, board), IsStraggler(i, board, pace, now), _failures.ContainsKey(i)));
        }

        return cells.MoveToImmutable();
    }

    /// <summary>Tasks in full.</summary>
    /// <param name="first">Index to begin with.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="selection">Which of them.</param>
    /// <param name="mostBytes">Bytes that they may take on the wire.</param>
    /// <param name="board">The board of the stage while it is worked on; else <c>null</c>.</param>
    /// <param name="now">In milliseconds since 1970-01-01 UTC.</param>
    /// <returns>The tasks, and the index to go on with; -1 when there are none left.</returns>
    public (ImmutableArray<TaskReport> Tasks, int Next) Tasks(
        int first, int count, TaskSelection selection, int mostBytes, TaskBoard<Party>? board, long now)
    {
        Pace pace = PaceOf();
        var page = new MessagePage<TaskReport>(mostBytes);
        for (int i = Math.Max(0, first); i < Stage.TaskCount; i++)
        {
            if (!IsSelected(i, selection, board, pace, now))
            {
                continue;
            }

            TaskReport task = Report(i, board, pace, now);
            if (page.Count >= count || !page.TryAdd(task, WireWatching.ToWire(task).CalculateSize()))
            {
                return (page.Items, i);
            }
        }

        return (page.Items, -1);
    }

    private long ElapsedAt(long now) => StartedAt == 0 ? 0 : Math.Max(0, (_heldAt ?? now) - StartedAt - _heldMs);

    private bool IsSelected(int index, TaskSelection selection, TaskBoard<Party>? board, Pace pace, long now) => selection switch
    {
        TaskSelection.Running => StateOf(index, board) == TaskState.Running,
        TaskSelection.Troubled => _failures.ContainsKey(index),
        TaskSelection.Stragglers => IsStraggler(index, board, pace, now),
        _ => true,
    };

    private TaskReport Report(int index, TaskBoard<Party>? board, Pace pace, long now)
    {
        Note task = _tasks?[index] ?? default;
        TaskState state = StateOf(index, board);
        bool isAtWork = state is TaskState.Running or TaskState.Done;
        return new TaskReport(
            index,
            state,
            isAtWork ? _owners[task.Owner] : "",
            task.Attempts,
            isAtWork ? task.DoneUnits : 0,
            task.TotalUnits,
            task.StartedAt,
            state == TaskState.Running ? Math.Max(0, now - task.StartedAt) : task.ElapsedMs,
            _failures.GetValueOrDefault(index, ""),
            IsStraggler(index, board, pace, now));
    }

    private TaskState StateOf(int index, TaskBoard<Party>? board) =>
        _tasks is null || _tasks[index].IsDone ? TaskState.Done
        : board?.IsRunning(index) == true ? TaskState.Running
        : _failures.ContainsKey(index) ? TaskState.Failed
        : TaskState.Waiting;

    private bool IsStraggler(int index, TaskBoard<Party>? board, Pace pace, long now)
    {
        if (_tasks is null || board?.IsRunning(index) != true)
        {
            return false;
        }

        ref readonly Note task = ref _tasks[index];
        long elapsed = now - task.StartedAt;
        return task.Attempts > 1
            || (task.TotalUnits > 0 && elapsed >= ShortestStraggleMs && pace.MsPerUnit > 0 && elapsed >= StraggleFactor * pace.MsPerUnit * task.TotalUnits);
    }

    // The median over some of the tasks that are done: looked at once a second, of a hundred thousand.
    private Pace PaceOf()
    {
        if (_tasks is null)
        {
            return default;
        }

        int stride = Math.Max(1, _tasks.Length / MostCompared);
        var paces = new List<double>(MostCompared);
        for (int i = 0; i < _tasks.Length; i += stride)
        {
            if (_tasks[i] is { IsDone: true, ElapsedMs: > 0, TotalUnits: > 0 } task)
            {
                paces.Add((double)task.ElapsedMs / task.TotalUnits);
            }
        }

        if (paces.Count < FewestToCompare)
        {
            return default;
        }

        paces.Sort();
        return new Pace(paces[paces.Count / 2]);
    }

    private int NumberOf(string owner)
    {
        if (!_ownerNumbers.TryGetValue(owner, out int number))
        {
            _ownerNumbers.Add(owner, number = _owners.Count);
            _owners.Add(owner);
        }

        return number;
    }

    private struct Note
    {
        public long StartedAt;
        public long ElapsedMs;
        public long DoneUnits;
        public long TotalUnits;
        public int Attempts;
        public int Owner;
        public bool IsDone;
    }

    // 0 as long as too little is done to say.
    private readonly record struct Pace(double MsPerUnit);
}

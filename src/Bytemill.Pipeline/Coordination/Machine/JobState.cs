using System.Collections.Immutable;
using static System.FormattableString;

namespace Bytemill.Pipeline;

/// <summary>What the journal says of one job. Changed by events only.</summary>
internal sealed class JobState
{
    private readonly CoordinatorEvent.JobAccepted _accepted;
    private readonly List<StageTime> _times = [];
    private readonly List<StageOpening> _openings = [];

    // The script as it stood at each stage that was opened, by number: to go back to.
    private readonly SortedDictionary<int, JobScript> _scripts = [];
    private readonly Dictionary<string, ClosedStage> _closed = new(StringComparer.Ordinal);

    public JobState(CoordinatorEvent.JobAccepted accepted)
    {
        _accepted = accepted;
        Priority = accepted.Priority;
        Story.Tell(accepted.At, EventSeverity.Info, $"Accepted: {accepted.Spec.Mode.ToString().ToLowerInvariant()} to {accepted.Spec.OutputDirectory}");
    }

    public JobState(JobSnapshot snapshot)
    {
        _accepted = snapshot.Accepted;
        Story.Restore(snapshot.Events);
        Plan = snapshot.Plan;
        _times.AddRange(snapshot.Times);
        foreach (StageOpening opening in snapshot.Openings)
        {
            Open(opening);
        }

        foreach ((int number, ImmutableArray<CommittedAttempt?> attempts) in snapshot.Closed)
        {
            StageSpec stage = _scripts[number].Current!;
            _closed.Add(stage.ManifestName, new ClosedStage(stage, attempts));
        }

        Commit(snapshot.Open);
        End = snapshot.End;
        Priority = snapshot.Priority;
        IsPaused = snapshot.IsPaused;
    }

    public string JobId => _accepted.JobId;

    public JobSpec Spec => _accepted.Spec;

    public bool OutputExisted => _accepted.OutputExisted;

    /// <summary>When it was accepted, in milliseconds since 1970-01-01 UTC; 0 where that was not written down.</summary>
    public long AcceptedAt => _accepted.At;

    /// <summary>Jobs of a higher one go first.</summary>
    public int Priority { get; private set; }

    /// <summary>Whether it stands still until it is resumed.</summary>
    public bool IsPaused { get; private set; }

    public PlanFacts? Plan { get; private set; }

    public JobScript? Script { get; private set; }

    /// <summary>Tasks of the open stage. What is committed is of the journal; who runs what is not.</summary>
    public TaskBoard<Party>? Board { get; private set; }

    /// <summary>Set once the job is over, while its files are removed.</summary>
    public JobEnd? End { get; private set; }

    public StageSpec? Stage => Board?.Stage;

    /// <summary>All stages that were opened, by number.</summary>
    public IEnumerable<StageSpec> Stages => _scripts.Values.Select(script => script.Current!);

    /// <summary>What happened to it, for those who watch.</summary>
    public JobStory Story { get; } = new();

    /// <summary>Whether results are on their way to their final names, which cannot be taken back half way.</summary>
    public bool IsPublishing => Stage?.Kind == StageKind.PublishResults;

    /// <summary>Whether some may have got there: also once the job has had to go back, since one that was still on its way was gone.</summary>
    public bool HasPublished => _scripts.Values.Any(script => script.Current!.Kind == StageKind.PublishResults);

    /// <summary>Planning and the stages done, in order.</summary>
    public ImmutableArray<StageTime> Times => [.. _times];

    /// <summary>Stages done whose files are still read, in order.</summary>
    public ImmutableArray<ClosedStage> Closed => [.. _closed.Values.OrderBy(stage => stage.Stage.Number)];

    /// <summary>A number that no stage has had.</summary>
    public int NextNumber => _scripts.Keys.Last() + 1;

    /// <summary>Units of the open stage: bytes of text for worker tasks, else tasks.</summary>
    public long TotalUnits => Stage is null ? 0 : !Stage.Kind.CountsBytes() ? Stage.TaskCount
        : Stage.Kind == StageKind.TokenizeFiles ? Plan!.TokenizedTextBytes
        : Plan!.TextBytes;

    /// <summary>Whether this is the committed attempt at a task, of the open stage or of one that is still read.</summary>
    public bool IsCommitted(int index, string directory) =>
        Board?.CommittedAt(index)?.Directory == directory
        || _closed.Values.Any(stage => (uint)index < (uint)stage.Attempts.Length && stage.Attempts[index]?.Directory == directory);

    /// <summary>Committed attempts of the open stage and of those whose files are still read, relative to the work directory.</summary>
    public IEnumerable<string> CommittedDirectories() =>
        (Board?.Committed ?? []).Concat(_closed.Values.SelectMany(stage => stage.Attempts)).Where(attempt => attempt is not null).Select(attempt => attempt!.Directory);

    /// <summary>Directories that hold committed attempts, relative to the work directory.</summary>
    public ImmutableHashSet<string> AttemptParents() => [.. CommittedDirectories().Select(directory => Path.GetDirectoryName(directory)!)];

    /// <summary>
    /// The stage to go back to: the open one, unless files that it reads are gone. Then the last one, or one before, that can be
    /// done (again) with the files that there are.
    /// </summary>
    public int LastPossibleStage()
    {
        HashSet<string> whole = [.. _closed.Where(stage => stage.Value.IsWhole).Select(stage => stage.Key)];
        Dictionary<string, int> numbers = _scripts.ToDictionary(entry => entry.Value.Current!.ManifestName, entry => entry.Key, StringComparer.Ordinal);
        int stage = Stage!.Number;
        while (_scripts[stage].Live.Where(name => !whole.Contains(name)).Select(name => numbers[name]).DefaultIfEmpty().Min() is var missing and > 0)
        {
            stage = missing;
        }

        return stage;
    }

    public void Begin(CoordinatorEvent.JobPlanned planned)
    {
        Plan = planned.Plan;
        _times.Add(new StageTime(null, Plan.ElapsedMs, Plan.TextBytes, Plan.Files, new TaskMetrics()));
        Open(new StageOpening(Number: 1, From: 0, Entries: 0, IsAnew: false));
        Story.Tell(planned.At, EventSeverity.Info, Invariant($"Planned in {Seconds(Plan.ElapsedMs)}: {Plan.Files} files, {Plan.Size.Partitions} partitions, {Plan.TextBytes} bytes of text"));
        TellOfPhase(planned.At);
    }

    public void Commit(CoordinatorEvent.AttemptCommitted committed)
    {
        if (Stage?.Number != committed.Stage || !Board!.Complete(committed.Index, committed.Attempt.Directory, committed.Attempt.Metrics))
        {
            throw Contradiction($"commits task {committed.Index} of stage {committed.Stage}");
        }
    }

    public void Close(CoordinatorEvent.StageClosed closed)
    {
        if (Stage is not { } stage || stage.Number != closed.Stage)
        {
            throw Contradiction($"closes stage {closed.Stage}");
        }

        _times.Add(new StageTime(stage.Kind, closed.ElapsedMs, closed.Total.Units, stage.TaskCount, closed.Total));
        _closed.Add(stage.ManifestName, new ClosedStage(stage, Board!.Committed));
        Open(new StageOpening(stage.Number + 1, stage.Number, closed.Total.Entries, IsAnew: false));
        if (Stage.Kind.Phase() is var next && stage.Kind.Phase() is var phase && next != phase)
        {
            long elapsed = Enumerable.Reverse(_times).TakeWhile(time => time.Kind?.Phase() == phase).Sum(time => time.ElapsedMs);
            Story.Tell(closed.At, EventSeverity.Info, Invariant($"Phase {NameOf(phase)} done in {Seconds(elapsed)}"), stage.Number);
            TellOfPhase(closed.At);
        }
    }

    public void Invalidate(CoordinatorEvent.AttemptInvalidated invalidated)
    {
        if (Stage?.Number == invalidated.Stage)
        {
            Board!.Invalidate(invalidated.Index);
            return;
        }

        ClosedStage stage = _closed.Values.SingleOrDefault(stage => stage.Stage.Number == invalidated.Stage)
            ?? throw Contradiction($"takes back task {invalidated.Index} of stage {invalidated.Stage}");
        _closed[stage.Stage.ManifestName] = stage with { Attempts = stage.Attempts.SetItem(invalidated.Index, null) };
    }

    public void Reopen(CoordinatorEvent.StageReopened reopened)
    {
        if (!_scripts.TryGetValue(reopened.Stage, out JobScript? script))
        {
            throw Contradiction($"goes back to stage {reopened.Stage}");
        }

        ImmutableArray<CommittedAttempt?> done = reopened.Stage == Stage?.Number ? Board!.Committed
            : _closed.TryGetValue(script.Current!.ManifestName, out ClosedStage? closed) ? closed.Attempts
            : [];
        int left = Stage!.Number;
        Open(new StageOpening(reopened.Number, reopened.Stage, Entries: 0, IsAnew: true));
        Commit(done);
        Story.Tell(
            reopened.At,
            EventSeverity.Warning,
            Invariant($"Files of tasks that were done are gone or damaged: back from stage {left} to stage {reopened.Stage}, {Stage.Kind.Describe()}, as stage {reopened.Number}"),
            reopened.Number);
    }

    public void Conclude(CoordinatorEvent.JobEnding ending)
    {
        End = ending.End;
        (EventSeverity severity, string text) = ending.End.Kind switch
        {
            JobEndKind.Completed => (EventSeverity.Info, $"Completed: the results are in place, their manifest is {ending.End.Text}"),
            JobEndKind.Cancelled => (EventSeverity.Warning, "Cancelled"),
            _ => (EventSeverity.Error, $"Failed: {ending.End.Text}"),
        };
        Story.Tell(ending.At, severity, text, Stage?.Number ?? 0);
    }

    public void Pause(CoordinatorEvent.JobPaused paused)
    {
        IsPaused = true;
        Story.Tell(paused.At, EventSeverity.Info, "Paused: what ran of it is given back", Stage?.Number ?? 0);
    }

    public void Resume(CoordinatorEvent.JobResumed resumed)
    {
        IsPaused = false;
        Story.Tell(resumed.At, EventSeverity.Info, "Resumed", Stage?.Number ?? 0);
    }

    public void Prioritize(CoordinatorEvent.JobPrioritized prioritized)
    {
        Priority = prioritized.Priority;
        Story.Tell(prioritized.At, EventSeverity.Info, Invariant($"Priority {prioritized.Priority}"));
    }

    /// <summary>Another coordinator has taken over, or the same one anew.</summary>
    public void GoOn(CoordinatorEvent.CoordinatorStarted started) =>
        Story.Tell(started.At, EventSeverity.Warning, Invariant($"A coordinator has taken over (epoch {started.Epoch}, on {started.Coordinator.Split('/')[0]}); what ran is given out again"), Stage?.Number ?? 0);

    public JobSnapshot ToSnapshot() => new(
        _accepted,
        Plan,
        [.. _times],
        [.. _openings],
        [.. Closed.Select(stage => (stage.Stage.Number, stage.Attempts))],
        Board?.Committed ?? [],
        End,
        Priority,
        IsPaused,
        [.. Story.Events]);

    private void Commit(ImmutableArray<CommittedAttempt?> done)
    {
        for (int i = 0; i < done.Length; i++)
        {
            if (done[i] is { } attempt)
            {
                Board!.Complete(i, attempt.Directory, attempt.Metrics);
            }
        }
    }

    private void Open(StageOpening opening)
    {
        JobScript script = opening.Open(Spec, Plan!.Size, _scripts);
        _openings.Add(opening);
        Script = script;
        _scripts.Add(script.Current!.Number, script);
        foreach (string name in _closed.Keys.Where(name => !script.Live.Contains(name)).ToArray())
        {
            _closed.Remove(name);
        }

        Board = new TaskBoard<Party>(script.Current);
    }

    private void TellOfPhase(long at) =>
        Story.Tell(at, EventSeverity.Info, Invariant($"Phase {NameOf(Stage!.Kind.Phase())} begins: {Stage.TaskCount} tasks"), Stage.Number);

    private static string NameOf(Phase phase) => phase.ToString().ToLowerInvariant();

    private static string Seconds(long milliseconds) => Invariant($"{milliseconds / 1000.0:0.0} s");

    private InvalidDataException Contradiction(string what) =>
        new($"The journal contradicts itself: it {what} of job {JobId}, whose open stage is {Stage?.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}.");
}

using System.Collections.Immutable;
using static Bytemill.Pipeline.CoordinatorEvent;

namespace Bytemill.Pipeline;

/// <summary>Facts of the journal and its snapshots between their records and their form on disk.</summary>
internal static class WireJournal
{
    private static readonly JournalWire.CommittedAttempt s_noAttempt = new();

    public static JournalWire.CoordinatorStarted ToWire(CoordinatorStarted e) => new() { Epoch = e.Epoch, Coordinator = e.Coordinator, At = e.At };

    public static CoordinatorStarted FromWire(JournalWire.CoordinatorStarted wire) => new(wire.Epoch, wire.Coordinator, wire.At);

    public static JournalWire.JobAccepted ToWire(JobAccepted e) =>
        new() { JobId = e.JobId, Spec = WireJobs.ToWire(e.Spec), OutputExisted = e.OutputExisted, Priority = e.Priority, At = e.At };

    public static JobAccepted FromWire(JournalWire.JobAccepted wire) =>
        new(wire.JobId, WireJobs.FromWire(wire.Spec), wire.OutputExisted, wire.Priority, wire.At);

    public static JournalWire.JobPaused ToWire(JobPaused e) => new() { JobId = e.JobId, At = e.At };

    public static JobPaused FromWire(JournalWire.JobPaused wire) => new(wire.JobId, wire.At);

    public static JournalWire.JobResumed ToWire(JobResumed e) => new() { JobId = e.JobId, At = e.At };

    public static JobResumed FromWire(JournalWire.JobResumed wire) => new(wire.JobId, wire.At);

    public static JournalWire.JobPrioritized ToWire(JobPrioritized e) => new() { JobId = e.JobId, Priority = e.Priority, At = e.At };

    public static JobPrioritized FromWire(JournalWire.JobPrioritized wire) => new(wire.JobId, wire.Priority, wire.At);

    public static JournalWire.JobPlanned ToWire(JobPlanned e) => new() { JobId = e.JobId, Plan = ToWire(e.Plan), At = e.At };

    public static JobPlanned FromWire(JournalWire.JobPlanned wire) => new(wire.JobId, FromWire(wire.Plan), wire.At);

    public static JournalWire.AttemptCommitted ToWire(AttemptCommitted e) =>
        new() { JobId = e.JobId, Stage = e.Stage, Index = e.Index, Attempt = ToWire(e.Attempt) };

    public static AttemptCommitted FromWire(JournalWire.AttemptCommitted wire) => new(wire.JobId, wire.Stage, wire.Index, FromWire(wire.Attempt)!);

    public static JournalWire.StageClosed ToWire(StageClosed e) =>
        new() { JobId = e.JobId, Stage = e.Stage, Total = WireStages.ToWire(e.Total), ElapsedMs = e.ElapsedMs, At = e.At };

    public static StageClosed FromWire(JournalWire.StageClosed wire) =>
        new(wire.JobId, wire.Stage, WireStages.FromWire(wire.Total), wire.ElapsedMs, wire.At);

    public static JournalWire.AttemptInvalidated ToWire(AttemptInvalidated e) => new() { JobId = e.JobId, Stage = e.Stage, Index = e.Index };

    public static AttemptInvalidated FromWire(JournalWire.AttemptInvalidated wire) => new(wire.JobId, wire.Stage, wire.Index);

    public static JournalWire.StageReopened ToWire(StageReopened e) => new() { JobId = e.JobId, Stage = e.Stage, Number = e.Number, At = e.At };

    public static StageReopened FromWire(JournalWire.StageReopened wire) => new(wire.JobId, wire.Stage, wire.Number, wire.At);

    public static JournalWire.JobEnding ToWire(JobEnding e) => new() { JobId = e.JobId, End = ToWire(e.End), At = e.At };

    public static JobEnding FromWire(JournalWire.JobEnding wire) => new(wire.JobId, FromWire(wire.End), wire.At);

    public static JournalWire.JobEnded ToWire(JobEnded e) => new() { JobId = e.JobId, End = ToWire(e.End), At = e.At };

    public static JobEnded FromWire(JournalWire.JobEnded wire) => new(wire.JobId, FromWire(wire.End), wire.At);

    public static JournalWire.Snapshot ToWire(CoordinatorSnapshot snapshot) => new()
    {
        Epoch = snapshot.Epoch,
        Coordinator = snapshot.Coordinator,
        Jobs = { snapshot.Jobs.Select(ToWire) },
        Ended = { snapshot.Ended.Select(ToWire) },
    };

    public static CoordinatorSnapshot FromWire(JournalWire.Snapshot wire) => new(
        wire.Epoch,
        wire.Coordinator,
        [.. wire.Jobs.Select(FromWire)],
        [.. wire.Ended.Select(FromWire)]);

    private static JournalWire.EndedJob ToWire(EndedJob ended)
    {
        var wire = new JournalWire.EndedJob
        {
            JobId = ended.JobId,
            End = ToWire(ended.End),
            OutputDirectory = ended.OutputDirectory,
            Priority = ended.Priority,
            AcceptedAt = ended.AcceptedAt,
            EndedAt = ended.EndedAt,
            Events = { ended.Events.Select(WireWatching.ToWire) },
        };
        if (ended.Mode is { } mode)
        {
            wire.Mode = (int)mode;
        }

        return wire;
    }

    private static EndedJob FromWire(JournalWire.EndedJob wire) => new(
        wire.JobId,
        FromWire(wire.End),
        wire.HasMode ? (JobMode)wire.Mode : null,
        wire.OutputDirectory,
        wire.Priority,
        wire.AcceptedAt,
        wire.EndedAt,
        [.. wire.Events.Select(WireWatching.FromWire)]);

    private static JournalWire.Job ToWire(JobSnapshot job)
    {
        var wire = new JournalWire.Job
        {
            Accepted = ToWire(job.Accepted),
            Times = { job.Times.Select(WireStages.ToWire) },
            Openings = { job.Openings.Select(o => new JournalWire.StageOpening { Number = o.Number, From = o.From, Entries = o.Entries, Anew = o.IsAnew }) },
            Closed = { job.Closed.Select(stage => new JournalWire.StageAttempts { Stage = stage.Stage, Attempts = { stage.Attempts.Select(ToWire) } }) },
            Open = { job.Open.Select(ToWire) },
            Priority = job.Priority,
            Paused = job.IsPaused,
            Events = { job.Events.Select(WireWatching.ToWire) },
        };
        if (job.Plan is { } plan)
        {
            wire.Plan = ToWire(plan);
        }

        if (job.End is { } end)
        {
            wire.End = ToWire(end);
        }

        return wire;
    }

    private static JobSnapshot FromWire(JournalWire.Job wire) => new(
        FromWire(wire.Accepted),
        wire.Plan is { } plan ? FromWire(plan) : null,
        [.. wire.Times.Select(WireStages.FromWire)],
        [.. wire.Openings.Select(o => new StageOpening(o.Number, o.From, o.Entries, o.Anew))],
        [.. wire.Closed.Select(stage => (stage.Stage, stage.Attempts.Select(FromWire).ToImmutableArray()))],
        [.. wire.Open.Select(FromWire)],
        wire.End is { } end ? FromWire(end) : null,
        wire.HasPriority ? wire.Priority : wire.Accepted.Priority,
        wire.Paused,
        [.. wire.Events.Select(WireWatching.FromWire)]);

    private static JournalWire.CommittedAttempt ToWire(CommittedAttempt? attempt) =>
        attempt is null ? s_noAttempt : new() { Directory = attempt.Directory, Metrics = WireStages.ToWire(attempt.Metrics) };

    private static CommittedAttempt? FromWire(JournalWire.CommittedAttempt wire) =>
        wire.Directory.Length == 0 ? null : new(wire.Directory, WireStages.FromWire(wire.Metrics));

    private static JournalWire.PlanFacts ToWire(PlanFacts plan) => new()
    {
        Partitions = plan.Size.Partitions,
        TokenizedFiles = plan.Size.TokenizedFiles,
        NgramShards = plan.Size.NGramShards,
        PieceShards = plan.Size.PieceShards,
        ShuffledFiles = plan.Size.ShuffledFiles,
        Files = plan.Files,
        Rows = plan.Rows,
        TextBytes = plan.TextBytes,
        TokenizedTextBytes = plan.TokenizedTextBytes,
        ElapsedMs = plan.ElapsedMs,
    };

    private static PlanFacts FromWire(JournalWire.PlanFacts wire) => new(
        new JobSize(wire.Partitions, wire.TokenizedFiles, wire.NgramShards, wire.PieceShards, wire.ShuffledFiles),
        wire.Files,
        wire.Rows,
        wire.TextBytes,
        wire.TokenizedTextBytes,
        wire.ElapsedMs);

    private static JournalWire.JobEnd ToWire(JobEnd end)
    {
        var wire = new JournalWire.JobEnd { Kind = (int)end.Kind, Text = end.Text, InputError = end.IsInputError };
        if (end.Poison is { } poison)
        {
            wire.Poison = WireStatus.ToWire(poison);
        }

        return wire;
    }

    private static JobEnd FromWire(JournalWire.JobEnd wire) =>
        new((JobEndKind)wire.Kind, wire.Text, wire.InputError, wire.Poison is { } poison ? WireStatus.FromWire(poison) : null);
}

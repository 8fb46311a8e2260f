namespace Bytemill.Pipeline;

/// <summary>Stages and tasks between their records and their wire form.</summary>
internal static class WireStages
{
    public static Wire.StageManifest ToWire(StageManifest manifest) => new()
    {
        Stage = manifest.Stage,
        AttemptDirectories = { manifest.AttemptDirectories },
        Metrics = { manifest.Metrics.Select(ToWire) },
    };

    public static StageManifest FromWire(Wire.StageManifest wire) =>
        new(wire.Stage, [.. wire.AttemptDirectories], [.. wire.Metrics.Select(FromWire)]);

    public static Wire.StageSpec ToWire(StageSpec stage) => new()
    {
        Number = stage.Number,
        Kind = (int)stage.Kind,
        TaskCount = stage.TaskCount,
        Inputs = ToWire(stage.Inputs),
        Argument = stage.Argument,
    };

    public static StageSpec FromWire(Wire.StageSpec wire) =>
        new(wire.Number, (StageKind)wire.Kind, wire.TaskCount, FromWire(wire.Inputs), wire.Argument);

    public static Wire.TaskIdentity ToWire(TaskIdentity task) =>
        new() { Job = WireJobs.ToWire(task.Job), Stage = task.Stage, Index = task.Index, Attempt = task.Attempt };

    public static TaskIdentity FromWire(Wire.TaskIdentity wire) =>
        new(WireJobs.FromWire(wire.Job), wire.Stage, wire.Index, wire.Attempt);

    public static Wire.TaskMetrics ToWire(TaskMetrics metrics) => new()
    {
        Units = metrics.Units,
        Entries = metrics.Entries,
        Rows = metrics.Rows,
        TextBytes = metrics.TextBytes,
        NormalizedBytes = metrics.NormalizedBytes,
        Tokens = metrics.Tokens,
        SingleByteTokens = metrics.SingleByteTokens,
        WrittenBytes = metrics.WrittenBytes,
        ScratchBytes = metrics.ScratchBytes,
        CoveredBytes = metrics.CoveredBytes,
        PassedRows = metrics.PassedRows,
        WeightedBytes = metrics.WeightedBytes,
        LeftOutRows = metrics.LeftOutRows,
        InvalidRows = metrics.InvalidRows,
        TextDigest = metrics.TextDigest,
        Reused = metrics.Reused,
        ReusedBytes = metrics.ReusedBytes,
    };

    public static TaskMetrics FromWire(Wire.TaskMetrics wire) => new()
    {
        Units = wire.Units,
        Entries = wire.Entries,
        Rows = wire.Rows,
        TextBytes = wire.TextBytes,
        NormalizedBytes = wire.NormalizedBytes,
        Tokens = wire.Tokens,
        SingleByteTokens = wire.SingleByteTokens,
        WrittenBytes = wire.WrittenBytes,
        ScratchBytes = wire.ScratchBytes,
        CoveredBytes = wire.CoveredBytes,
        PassedRows = wire.PassedRows,
        WeightedBytes = wire.WeightedBytes,
        LeftOutRows = wire.LeftOutRows,
        InvalidRows = wire.InvalidRows,
        TextDigest = wire.TextDigest,
        Reused = wire.Reused,
        ReusedBytes = wire.ReusedBytes,
    };

    // 0 stands for planning, which is no stage.
    public static Wire.StageTime ToWire(StageTime time) => new()
    {
        Kind = (int)(time.Kind ?? 0),
        ElapsedMs = time.ElapsedMs,
        Units = time.Units,
        Tasks = time.Tasks,
        Total = ToWire(time.Total),
    };

    public static StageTime FromWire(Wire.StageTime wire) =>
        new(wire.Kind == 0 ? null : (StageKind)wire.Kind, wire.ElapsedMs, wire.Units, wire.Tasks, FromWire(wire.Total));

    private static Wire.StageInputs ToWire(StageInputs inputs) => new()
    {
        Runs = inputs.Runs,
        Base = inputs.Base,
        Slices = inputs.Slices,
        Kept = inputs.Kept,
        Dropped = inputs.Dropped,
        Ranked = inputs.Ranked,
        Cut = inputs.Cut,
        NgramModel = inputs.NGramModel,
        Vocabularies = inputs.Vocabularies,
        Tokenized = inputs.Tokenized,
        LeftOut = inputs.LeftOut,
        Counts = inputs.Counts,
    };

    private static StageInputs FromWire(Wire.StageInputs wire) => new()
    {
        Runs = wire.Runs,
        Base = wire.Base,
        Slices = wire.Slices,
        Kept = wire.Kept,
        Dropped = wire.Dropped,
        Ranked = wire.Ranked,
        Cut = wire.Cut,
        NGramModel = wire.NgramModel,
        Vocabularies = wire.Vocabularies,
        Tokenized = wire.Tokenized,
        LeftOut = wire.LeftOut,
        Counts = wire.Counts,
    };
}

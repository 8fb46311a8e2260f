using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Splits the pieces of one shard with the encoder of all kept pieces; the parts form a run for the shards to add up.</summary>
internal sealed class SplitPiecesTask : ITaskBody
{
    private readonly string _source;

    /// <param name="source">File of the shard to split: its kept or its dropped pieces.</param>
    public SplitPiecesTask(string source) => _source = source;

    public TaskMetrics Run(TaskContext context)
    {
        StageInputs inputs = context.Stage.Inputs;
        string manifest = _source == WorkFileNames.Dropped ? inputs.Dropped : inputs.Kept;
        using PieceTableLease lease = context.Job.AcquirePieceTable(inputs.Kept, context.Memory.PieceTableBytes);
        using FileStream run = context.Output.Create(WorkFileNames.Run);
        RunSummary summary = PieceSplitter.Split(
            lease.Table,
            context.Open(manifest, context.Index, _source),
            context.Plan.PieceRanges,
            run,
            context.Cancellation);
        return new TaskMetrics { Units = 1, Entries = summary.Entries, CoveredBytes = summary.TextBytes };
    }
}

using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Adds up one piece shard's segments of all runs and divides the pieces into kept and dropped by length and count.</summary>
internal sealed class FilterPiecesTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        using FileStream kept = context.Output.Create(WorkFileNames.Kept);
        using FileStream dropped = context.Output.Create(WorkFileNames.Dropped);
        FilterSummary summary = PieceFilter.Filter(
            context.OpenAll(context.Stage.Inputs.Runs, WorkFileNames.Run),
            context.Index,
            context.Plan.PieceRanges,
            context.Spec.Training,
            context.Memory.MergingBytes,
            context.Output.Scratch,
            kept,
            dropped,
            context.Cancellation);
        return new TaskMetrics { Units = 1, Entries = summary.Kept, CoveredBytes = summary.TextBytes };
    }
}

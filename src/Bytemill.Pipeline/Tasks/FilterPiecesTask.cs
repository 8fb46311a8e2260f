using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Divides one piece shard into kept and dropped pieces by length and count.</summary>
internal sealed class FilterSliceTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        using FileStream kept = context.Output.Create(WorkFileNames.Kept);
        using FileStream dropped = context.Output.Create(WorkFileNames.Dropped);
        FilterSummary summary = PieceFilter.Filter(
            context.Open(context.Stage.Inputs.Slices, context.Index, WorkFileNames.Slice),
            context.Index,
            context.Plan.PieceRanges,
            context.Spec.Training,
            kept,
            dropped,
            context.Cancellation);
        return new TaskMetrics { Units = 1, Entries = summary.Kept };
    }
}

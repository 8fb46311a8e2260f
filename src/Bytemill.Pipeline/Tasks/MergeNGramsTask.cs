using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Merges one n-gram shard's segments of all runs and prunes them.</summary>
internal sealed class MergeNGramsTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        TrainerOptions options = context.Spec.Training;
        using FileStream slice = context.Output.Create(WorkFileNames.Slice);
        NGramSliceSummary summary = NGramSliceMerger.Merge(
            context.OpenAll(context.Stage.Inputs.Runs, WorkFileNames.Run),
            context.Index,
            context.Plan.NGramRanges,
            options.Order,
            options.MinCount,
            context.Memory.MergingBytes,
            context.Output.Scratch,
            slice,
            context.Cancellation);
        return new TaskMetrics { Units = 1, Entries = summary.KeptByOrder.Sum(), CoveredBytes = summary.Total };
    }
}

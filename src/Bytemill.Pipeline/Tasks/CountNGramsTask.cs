using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Counts the n-grams of one partition into a run with one segment for each n-gram shard.</summary>
internal sealed class CountNGramsTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        TrainerOptions options = context.Spec.Training;
        using var counter = new NGramCounter(options.Order, context.Plan.NGramRanges, context.Memory.CountingBytes, context.Output.Scratch, context.Plan.WeightOf(context.Plan.Partitions[context.Index]));
        TaskMetrics read = PartitionText.ForEachChunk(context, counter.Add);
        using FileStream file = context.Output.Create(WorkFileNames.Run);
        RunSummary run = counter.WriteTo(file);
        return read with { Entries = run.Entries, CoveredBytes = run.TextBytes };
    }
}

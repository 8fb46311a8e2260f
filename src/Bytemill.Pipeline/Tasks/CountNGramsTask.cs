using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Counts the n-grams of one partition into a run with one segment for each n-gram shard.</summary>
internal sealed class CountNGramsTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        if (KeptRun.TakeOver(context) is { } counted)
        {
            return counted;
        }

        TrainerOptions options = context.Spec.Training;
        using var counter = new NGramCounter(options.Order, context.Plan.NGramRanges, context.Memory.CountingBytes, context.Output.Scratch, context.Plan.WeightOf(context.Plan.Partitions[context.Index]));
        TaskMetrics read = PartitionText.ForEachChunk(context, counter.Add);
        RunSummary run;
        using (FileStream file = context.Output.Create(WorkFileNames.Run))
        {
            run = counter.WriteTo(file);
        }

        KeptRun.Seal(context);
        return read with { Entries = run.Entries, CoveredBytes = run.TextBytes };
    }
}

using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Joins the slices of all n-gram shards into one n-gram model.</summary>
internal sealed class BuildModelTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        TrainerOptions options = context.Spec.Training;
        using FileStream file = context.Output.Create(WorkFileNames.NGramModel);
        NGramModelSummary summary = NGramModelBuilder.Build(
            context.OpenAll(context.Stage.Inputs.Slices, WorkFileNames.Slice),
            options.Order,
            options.MinCount,
            context.Output.Scratch,
            file,
            context.Memory.LoneTaskBytes,
            context.Threads,
            context.Cancellation);
        return new TaskMetrics { Units = 1, Entries = summary.NGramsByOrder.Sum(), CoveredBytes = summary.Total };
    }
}

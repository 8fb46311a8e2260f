using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Sorts the pieces of one shard into the order of selection.</summary>
internal sealed class RankSliceTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        using FileStream ranked = context.Output.Create(WorkFileNames.Ranked);
        RankSummary summary = PieceRanking.Rank(
            context.Open(context.Stage.Inputs.Kept, context.Index, WorkFileNames.Kept),
            context.Memory.MergingBytes,
            context.Output.Scratch,
            ranked,
            context.Cancellation);
        return new TaskMetrics { Units = 1, Entries = summary.Pieces, CoveredBytes = summary.TextBytes };
    }
}

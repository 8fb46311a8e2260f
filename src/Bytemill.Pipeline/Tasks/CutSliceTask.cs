using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Divides one piece shard into kept and dropped pieces by the cut.</summary>
internal sealed class CutSliceTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        StageInputs inputs = context.Stage.Inputs;
        RankCut cut = RankCutFile.Read(context.Open(inputs.Cut, 0, WorkFileNames.Cut));
        using FileStream kept = context.Output.Create(WorkFileNames.Kept);
        using FileStream dropped = context.Output.Create(WorkFileNames.Dropped);
        CutSummary summary = PieceRanking.Cut(
            context.Open(inputs.Kept, context.Index, WorkFileNames.Kept), cut, kept, dropped, context.Cancellation);
        return new TaskMetrics { Units = 1, Entries = summary.Kept, CoveredBytes = summary.TextBytes };
    }
}

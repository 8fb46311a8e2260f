using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Finds the last piece that stays, by a merge of the ranked slices of all shards.</summary>
internal sealed class FindCutTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        RankCut cut = PieceRanking.FindCut(
            context.OpenAll(context.Stage.Inputs.Ranked, WorkFileNames.Ranked),
            context.Stage.Argument,
            context.Memory.LoneTaskBytes,
            context.Output.Scratch,
            context.Cancellation);
        using FileStream file = context.Output.Create(WorkFileNames.Cut);
        RankCutFile.Write(file, cut);
        return new TaskMetrics { Units = 1, Entries = context.Stage.Argument };
    }
}

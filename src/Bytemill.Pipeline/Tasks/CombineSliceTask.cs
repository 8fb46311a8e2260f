using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Adds up one piece shard's segments of all runs, on top of the shard's kept slice where the stage names one.</summary>
internal sealed class CombineSliceTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        StageInputs inputs = context.Stage.Inputs;
        RunOpener? baseSlice = inputs.Base.Length == 0 ? null : context.Open(inputs.Base, context.Index, WorkFileNames.Kept);
        using FileStream kept = context.Output.Create(WorkFileNames.Kept);
        PieceSliceSummary summary = PieceRunMerger.Merge(
            context.OpenAll(inputs.Runs, WorkFileNames.Run),
            context.Index,
            baseSlice,
            context.Memory.MergingBytes,
            context.Output.Scratch,
            kept,
            context.Cancellation);
        return new TaskMetrics { Units = 1, Entries = summary.Pieces, CoveredBytes = summary.TextBytes };
    }
}

using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>
/// Adds up one piece shard's segments of all runs, on top of the shard's kept slice where the stage names one. The sum is
/// written as a slice after segmenting, as a kept slice in the vocabulary rounds.
/// </summary>
internal sealed class ReducePiecesTask : ITaskBody
{
    private readonly string _outputName;

    public ReducePiecesTask(string outputName) => _outputName = outputName;

    public TaskMetrics Run(TaskContext context)
    {
        StageInputs inputs = context.Stage.Inputs;
        RunOpener? baseSlice = inputs.Base.Length == 0 ? null : context.Open(inputs.Base, context.Index, WorkFileNames.Kept);
        using FileStream slice = context.Output.Create(_outputName);
        PieceSliceSummary summary = PieceRunMerger.Merge(
            context.OpenAll(inputs.Runs, WorkFileNames.Run),
            context.Index,
            baseSlice,
            context.Output.Scratch,
            slice,
            context.Cancellation);
        return new TaskMetrics { Units = 1, Entries = summary.Pieces };
    }
}

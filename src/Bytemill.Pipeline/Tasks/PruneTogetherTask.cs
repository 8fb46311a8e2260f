using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Takes all rounds up to one vocabulary at once, and writes its kept slice and its model file.</summary>
internal sealed class PruneTogetherTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        StageInputs inputs = context.Stage.Inputs;
        using (FileStream kept = context.Output.Create(WorkFileNames.Kept))
        {
            PieceGathering.Prune(
                context.OpenAll(inputs.Kept, WorkFileNames.Kept),
                inputs.Runs.Length == 0 ? null : context.OpenAll(inputs.Runs, WorkFileNames.Run),
                context.Stage.Argument,
                context.Memory.LoneTaskBytes,
                context.Output.Scratch,
                kept,
                context.Cancellation);
        }

        Vocabulary vocabulary = VocabularyBuilder.Build([() => context.Output.OpenRead(WorkFileNames.Kept)]);
        EmitVocabularyTask.WriteModel(context, vocabulary);
        return new TaskMetrics { Units = 1, Entries = vocabulary.Count - Vocabulary.FirstPieceId, CoveredBytes = EmitVocabularyTask.TextBytesOf(vocabulary) };
    }
}

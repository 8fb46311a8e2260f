using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Writes the model file of one vocabulary size from the kept slices of all shards.</summary>
internal sealed class EmitVocabularyTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        Vocabulary vocabulary = VocabularyBuilder.Build(context.OpenAll(context.Stage.Inputs.Kept, WorkFileNames.Kept));
        WriteModel(context, vocabulary);
        return new TaskMetrics { Units = 1, Entries = vocabulary.Count, CoveredBytes = TextBytesOf(vocabulary) };
    }

    /// <summary>Bytes of text that the pieces stand for: each its length, count times.</summary>
    public static long TextBytesOf(Vocabulary vocabulary)
    {
        long bytes = 0;
        for (int id = Vocabulary.FirstPieceId; id < vocabulary.Count; id++)
        {
            bytes = checked(bytes + (vocabulary.GetPiece(id).Length * vocabulary.GetCount(id)));
        }

        return bytes;
    }

    /// <summary>Writes the model file of the size that the stage is about.</summary>
    public static void WriteModel(TaskContext context, Vocabulary vocabulary)
    {
        var model = new TokenizerModel(vocabulary, context.Spec.Training.ModelOptionsFor(context.Stage.Argument));
        using FileStream file = context.Output.Create(WorkFileNames.Vocabulary);
        ModelFile.Write(model, file);
    }
}

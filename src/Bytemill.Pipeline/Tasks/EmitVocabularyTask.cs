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
        return new TaskMetrics { Units = 1, Entries = vocabulary.Count };
    }

    /// <summary>Writes the model file of the size that the stage is about.</summary>
    public static void WriteModel(TaskContext context, Vocabulary vocabulary)
    {
        var model = new TokenizerModel(vocabulary, context.Spec.Training.ModelOptionsFor(context.Stage.Argument));
        using FileStream file = context.Output.Create(WorkFileNames.Vocabulary);
        ModelFile.Write(model, file);
    }
}

using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Cuts the text of one partition into pieces with the n-gram model and counts them.</summary>
internal sealed class SegmentPiecesTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        NGramModel model = context.Job.NGramModel(context.Stage.Inputs.NGramModel);
        using var segmenter = new NGramSegmenter(
            model, context.Spec.Training.EnsureUnicode, NGramSegmenter.WindowBytesWithin(context.Memory.SegmentingBytes(model.LengthBytes), model));
        using var counter = new PieceCounter(context.Plan.PieceRanges, context.Memory.PieceCountingBytes(model.LengthBytes), context.Output.Scratch);
        var pieces = new ChunkPieceCounter(segmenter, counter, context.Plan.WeightOf(context.Plan.Partitions[context.Index]));
        TaskMetrics read = PartitionText.ForEachChunk(context, pieces.Add);
        pieces.Flush();
        using FileStream file = context.Output.Create(WorkFileNames.Run);
        RunSummary run = counter.WriteTo(file);
        return read with { Entries = run.Entries, CoveredBytes = run.TextBytes };
    }
}

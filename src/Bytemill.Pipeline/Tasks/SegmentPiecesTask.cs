using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Cuts the text of one partition into pieces with the n-gram model and counts them.</summary>
internal sealed class SegmentPiecesTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        NGramModel model = context.Job.NGramModel(context.Stage.Inputs.NGramModel);
        var segmenter = new NGramSegmenter(model, context.Spec.Training.EnsureUnicode);
        using var counter = new PieceCounter(context.Plan.PieceRanges, context.Node.BufferBytes, context.Output.Scratch);
        int[] ends = new int[1 << 12];
        TaskMetrics read = PartitionText.ForEachChunk(context, chunk =>
        {
            if (ends.Length < chunk.Length)
            {
                ends = new int[Math.Max(chunk.Length, 2 * ends.Length)];
            }

            int pieces = segmenter.Segment(chunk, ends);
            int start = 0;
            foreach (int end in ends.AsSpan(0, pieces))
            {
                counter.Add(chunk[start..end]);
                start = end;
            }
        });
        using FileStream file = context.Output.Create(WorkFileNames.Run);
        RunSummary run = counter.WriteTo(file);
        return read with { Entries = run.Entries };
    }
}

using System.Buffers;
using Bytemill.Corpus;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Reads the text of one partition, row group by row group, as normalised training chunks.</summary>
internal static class PartitionText
{
    /// <returns>What was read; <see cref="TaskMetrics.Units"/> is the partition's planned size in bytes.</returns>
    public static TaskMetrics ForEachChunk(TaskContext context, ChunkAction action)
    {
        CorpusPartition partition = context.Plan.Partitions[context.Index];
        var normalized = new ArrayBufferWriter<byte>();
        var metrics = new TaskMetrics { Units = partition.TextBytes };
        foreach (CorpusRange range in partition.Ranges)
        {
            context.Job.VerifyUnchanged(range.FileIndex);
            string path = context.Plan.Files[range.FileIndex].Path;
            using ITextSource source = TextSources.Open(path, context.Spec.SourceOptions);
            for (int group = range.FirstRowGroup; group < range.FirstRowGroup + range.RowGroupCount; group++)
            {
                foreach (TextBatch batch in source.ReadBatches(group, context.Memory.ReadingBytes, context.Cancellation))
                {
                    using (batch)
                    {
                        metrics = TaskMetrics.Add(metrics, ForEachChunk(context, batch, normalized, action));
                    }

                    context.ReportUnits(Math.Min(metrics.TextBytes, partition.TextBytes));
                }
            }

            context.Job.VerifyUnchangedSince(range.FileIndex);
        }

        return metrics;
    }

    private static TaskMetrics ForEachChunk(TaskContext context, TextBatch batch, ArrayBufferWriter<byte> normalized, ChunkAction action)
    {
        TrainerOptions options = context.Spec.Training;
        long normalizedBytes = 0;
        for (int row = 0; row < batch.RowCount; row++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            foreach (ReadOnlySpan<byte> chunk in TrainingText.EnumerateChunks(batch[row], options, normalized))
            {
                action(chunk);
                normalizedBytes += chunk.Length;
            }
        }

        return new TaskMetrics { Rows = batch.RowCount, TextBytes = batch.TotalBytes, NormalizedBytes = normalizedBytes };
    }
}

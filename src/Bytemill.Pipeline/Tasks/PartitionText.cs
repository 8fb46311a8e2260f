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
        int weight = context.Plan.WeightOf(partition);
        var metrics = new TaskMetrics { Units = partition.TextBytes };
        foreach (CorpusRange range in partition.Ranges)
        {
            context.Job.VerifyUnchanged(range.FileIndex);
            CorpusFile file = context.Plan.Files[range.FileIndex];
            using ITextSource source = TextSources.Open(file.Path, context.Spec.SourceOptions);
            for (int group = range.FirstRowGroup; group < range.FirstRowGroup + range.RowGroupCount; group++)
            {
                RowSelection selection = source.SelectRows(group, file.RowGroups[group].Take, context.Cancellation);
                long rows = 0;
                foreach (TextBatch batch in source.ReadBatches(group, context.Memory.ReadingBytes, selection, context.Cancellation))
                {
                    using (batch)
                    {
                        TaskMetrics read = ForEachChunk(context, batch, normalized, action);
                        metrics = TaskMetrics.Add(metrics, read with { WeightedBytes = checked(weight * read.NormalizedBytes) });
                        rows += read.Rows;
                    }

                    context.ReportUnits(Math.Min(metrics.TextBytes, partition.TextBytes));
                }

                metrics = TaskMetrics.Add(metrics, new TaskMetrics { PassedRows = file.RowGroups[group].PassedRows(rows) });
            }

            context.Job.VerifyUnchangedSince(range.FileIndex);
        }

        return metrics;
    }

    private static TaskMetrics ForEachChunk(TaskContext context, TextBatch batch, ArrayBufferWriter<byte> normalized, ChunkAction action)
    {
        TrainerOptions options = context.Spec.Training;
        long normalizedBytes = 0;
        long textBytes = 0;
        long rows = 0;
        for (int row = 0; row < batch.RowCount; row++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (!batch.IsTaken(row))
            {
                continue;
            }

            rows++;
            textBytes += batch[row].Length;
            foreach (ReadOnlySpan<byte> chunk in TrainingText.EnumerateChunks(batch[row], options, normalized))
            {
                action(chunk);
                normalizedBytes += chunk.Length;
            }
        }

        return new TaskMetrics { Rows = rows, TextBytes = textBytes, NormalizedBytes = normalizedBytes };
    }
}

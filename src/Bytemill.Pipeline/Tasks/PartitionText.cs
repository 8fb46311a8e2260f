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
        context.Job.VerifyUnchanged(partition.FileIndex);
        string path = context.Plan.Files[partition.FileIndex].Path;
        return ForEachChunkAsync(context, partition, path, action).GetAwaiter().GetResult();
    }

    private static async Task<TaskMetrics> ForEachChunkAsync(TaskContext context, CorpusPartition partition, string path, ChunkAction action)
    {
        TrainerOptions options = context.Spec.Training;
        var normalized = new ArrayBufferWriter<byte>();
        long rows = 0;
        long textBytes = 0;
        long normalizedBytes = 0;
        TextColumnReader reader = await TextColumnReader.OpenAsync(path, context.Spec.TextColumn, context.Cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            for (int group = partition.FirstRowGroup; group < partition.FirstRowGroup + partition.RowGroupCount; group++)
            {
                using TextBatch batch = await reader.ReadRowGroupAsync(group, context.Cancellation).ConfigureAwait(false);
                for (int row = 0; row < batch.RowCount; row++)
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    ReadOnlySpan<byte> document = batch[row];
                    foreach (ReadOnlySpan<byte> chunk in TrainingText.EnumerateChunks(document, options, normalized))
                    {
                        action(chunk);
                        normalizedBytes += chunk.Length;
                    }

                    textBytes += document.Length;
                    if ((row & 0xFF) == 0)
                    {
                        context.ReportUnits(Math.Min(textBytes, partition.TextBytes));
                    }
                }

                rows += batch.RowCount;
            }
        }

        return new TaskMetrics { Units = partition.TextBytes, Rows = rows, TextBytes = textBytes, NormalizedBytes = normalizedBytes };
    }
}

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
        var leftOut = new LeftOutGroups(context);
        var metrics = new TaskMetrics { Units = partition.TextBytes };
        foreach (CorpusRange range in partition.Ranges)
        {
            context.Job.ReadInput(range.FileIndex, () => metrics = ForEachChunk(context, range, leftOut, normalized, metrics, action));
        }

        return metrics;
    }

    private static TaskMetrics ForEachChunk(
        TaskContext context, CorpusRange range, LeftOutGroups leftOut, ArrayBufferWriter<byte> normalized, TaskMetrics metrics, ChunkAction action)
    {
        CorpusFile file = context.Plan.Files[range.FileIndex];
        using ITextSource source = TextSources.Open(file.Path, context.Spec.SourceOptions);
        for (int group = range.FirstRowGroup; group < range.FirstRowGroup + range.RowGroupCount; group++)
        {
            RowGroupInfo info = file.RowGroups[group];
            GroupFaults? faults = leftOut.Of(range.FileIndex, group);
            long rows = 0;
            ulong digest = 0;
            if (faults?.Damage is null)
            {
                var text = new TextDigest();
                RowSelection selection = source.SelectRows(group, info.Take, context.Cancellation).Except(faults?.Rows ?? [], info.Rows);
                CheckCopied(context, source, group, selection);
                foreach (TextBatch batch in source.ReadBatches(group, context.Memory.ReadingBytes, selection, context.Cancellation))
                {
                    using (batch)
                    {
                        TaskMetrics read = ForEachChunk(context, batch, text, normalized, action);
                        metrics = TaskMetrics.Add(metrics, read with { WeightedBytes = checked(file.Weight * read.NormalizedBytes) });
                        rows += read.Rows;
                    }

                    context.ReportUnits(Math.Min(metrics.TextBytes, metrics.Units));
                }

                digest = text.End(file.Fingerprint, group);
            }

            long leftOutRows = faults?.LeftOutRows(info) ?? 0;
            metrics = TaskMetrics.Add(metrics, new TaskMetrics { PassedRows = info.PassedRows(rows + leftOutRows), LeftOutRows = leftOutRows, TextDigest = digest });
        }

        return metrics;
    }

    // Else a damaged column beside the text would be found when all training is done.
    private static void CheckCopied(TaskContext context, ITextSource source, int group, RowSelection selection)
    {
        if (context.Stage.Kind == StageKind.CountNGrams && !context.Spec.LeavesOut)
        {
            source.CheckCopied(group, context.Spec.CopiedColumns, selection, context.Cancellation);
        }
    }

    private static TaskMetrics ForEachChunk(TaskContext context, TextBatch batch, TextDigest digest, ArrayBufferWriter<byte> normalized, ChunkAction action)
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
            digest.Append(batch[row], batch.IsNull(row));
            foreach (ReadOnlySpan<byte> chunk in TrainingText.EnumerateChunks(batch[row], options, normalized))
            {
                action(chunk);
                normalizedBytes += chunk.Length;
            }
        }

        return new TaskMetrics { Rows = rows, TextBytes = textBytes, NormalizedBytes = normalizedBytes, InvalidRows = batch.InvalidRows };
    }
}

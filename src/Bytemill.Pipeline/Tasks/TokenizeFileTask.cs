using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using Bytemill.Corpus;
using Bytemill.Tokenization;
using Google.Protobuf;

namespace Bytemill.Pipeline;

/// <summary>Tokenizes one input file into one Parquet file with the same rows in the same order.</summary>
internal sealed class TokenizeFileTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        context.Job.VerifyUnchanged(context.Index);
        TaskMetrics metrics = TokenizeAsync(context).GetAwaiter().GetResult();
        WriteInfo(context, metrics);
        return metrics;
    }

    private static async Task<TaskMetrics> TokenizeAsync(TaskContext context)
    {
        CorpusFile input = context.Plan.Files[context.Index];
        JobSpec spec = context.Spec;
        Tokenizer tokenizer = context.Job.Tokenizer(context.Stage);
        var total = new TaskMetrics { Units = context.Plan.TextBytesOfFile(context.Index) };
        var ids = new ArrayBufferWriter<int>(1 << 16);

        FileStream output = context.Output.Create(WorkFileNames.Tokenized);
        await using (output.ConfigureAwait(false))
        {
            using TextColumnReader reader = TextColumnReader.Open(input.Path, spec.TextColumn);
            TokenizedFileWriter writer = await TokenizedFileWriter
                .CreateAsync(input, spec.TextColumn, spec.Keep, output, FileOptionsFor(spec, tokenizer), context.Cancellation)
                .ConfigureAwait(false);
            await using (writer.ConfigureAwait(false))
            {
                for (int group = 0; group < input.RowGroups.Length; group++)
                {
                    writer.BeginRowGroup(group, context.Cancellation);
                    foreach (TextBatch batch in reader.ReadBatches(group, context.Memory.ReadingBytes, context.Cancellation))
                    {
                        using (batch)
                        {
                            int[] lengths = new int[batch.RowCount];
                            ids.ResetWrittenCount();
                            total = TaskMetrics.Add(total, EncodeRows(context, tokenizer, batch, ids, lengths, total.TextBytes));
                            await writer.AppendAsync(ids.WrittenMemory, lengths, context.Cancellation).ConfigureAwait(false);
                        }
                    }

                    await writer.EndRowGroupAsync(context.Cancellation).ConfigureAwait(false);
                }
            }
        }

        return total;
    }

    private static TaskMetrics EncodeRows(
        TaskContext context, Tokenizer tokenizer, TextBatch batch, ArrayBufferWriter<int> ids, int[] lengths, long bytesBefore)
    {
        long textBytes = 0;
        for (int row = 0; row < lengths.Length; row++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (batch.IsNull(row))
            {
                lengths[row] = TokenizedFileWriter.NullText;
                continue;
            }

            int before = ids.WrittenCount;
            tokenizer.Encode(batch[row], ids);
            lengths[row] = ids.WrittenCount - before;
            textBytes += batch[row].Length;
            if ((row & 0xFF) == 0)
            {
                context.ReportUnits(bytesBefore + textBytes);
            }
        }

        long normalizedBytes = 0;
        long singleByteTokens = 0;
        foreach (int id in ids.WrittenSpan)
        {
            int length = tokenizer.Model.Vocabulary.GetPiece(id).Length;
            normalizedBytes += length;
            singleByteTokens += length == 1 ? 1 : 0;
        }

        return new TaskMetrics
        {
            Rows = lengths.Length,
            TextBytes = textBytes,
            NormalizedBytes = normalizedBytes,
            Tokens = ids.WrittenCount,
            SingleByteTokens = singleByteTokens,
        };
    }

    // Lets data and model be matched later, whatever becomes of the manifest beside them.
    private static TokenizedFileOptions FileOptionsFor(JobSpec spec, Tokenizer tokenizer) => new()
    {
        ZstdLevel = spec.CompressionLevel,
        Metadata =
        [
            new("bytemill.model.sha256", tokenizer.Model.Hash),
            new("bytemill.model.vocab_size", tokenizer.Model.Vocabulary.Count.ToString(CultureInfo.InvariantCulture)),
            new("bytemill.text_column", spec.TextColumn),
        ],
    };

    private static void WriteInfo(TaskContext context, TaskMetrics metrics)
    {
        var hash = new XxHash3();
        long length;
        using (Stream written = context.Output.OpenRead(WorkFileNames.Tokenized))
        {
            length = written.Length;
            hash.Append(written);
        }

        using FileStream info = context.Output.Create(WorkFileNames.TokenizedInfo);
        new Wire.TokenizedFileInfo
        {
            Rows = metrics.Rows,
            Tokens = metrics.Tokens,
            LengthBytes = length,
            Xxh3 = Convert.ToHexStringLower(hash.GetCurrentHash()),
        }.WriteTo(info);
    }
}

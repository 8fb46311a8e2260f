using System.Buffers;
using Bytemill.Corpus;
using Bytemill.Tokenization;

namespace Bytemill.Pipeline;

/// <summary>Tokenizes one input file into one Parquet file with the same rows in the same order, or as the layout says; for one epoch, where segmentations are drawn.</summary>
internal sealed class TokenizeFileTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        var metrics = new TaskMetrics();
        context.Job.ReadInput(
            context.Plan.TokenizedFile(context.Index).Input,
            () => metrics = EarlierOutput.TakeOver(context)
                ?? (context.Spec.Layout.IsPlain ? TokenizePlainAsync(context) : TokenizeLaidOutAsync(context)).GetAwaiter().GetResult());
        return metrics;
    }

    private static async Task<TaskMetrics> TokenizePlainAsync(TaskContext context)
    {
        TokenizedFile file = context.Plan.TokenizedFile(context.Index);
        CorpusFile input = context.Plan.Files[file.Input];
        JobSpec spec = context.Spec;
        TaskMetrics metrics;
        string inputVersion = context.Job.VersionOf(file.Input);
        TokenizedFileOptions options = FileOptionsFor(spec, file, input.Fingerprint, context.Job.Tokenizer(context.Stage));
        FileStream output = context.Output.Create(WorkFileNames.Tokenized);
        await using (output.ConfigureAwait(false))
        {
            ITokenizedWriter writer = input.Format.IsLines
                ? new TokenizedTableWriter(input.Path, spec.Keep, output, options)
                : await TokenizedFileWriter
                    .CreateAsync(input, spec.TextColumn, spec.Keep, output, options, context.Cancellation).ConfigureAwait(false);
            await using (writer.ConfigureAwait(false))
            {
                metrics = await TokenizeAsync(context, writer).ConfigureAwait(false);
            }
        }

        WriteInfo(context, metrics, inputVersion);
        return metrics;
    }

    private static async Task<TaskMetrics> TokenizeLaidOutAsync(TaskContext context)
    {
        var writer = new LaidOutWriter(context, context.Plan.TokenizedFile(context.Index), context.Job.Tokenizer(context.Stage).Model);
        await using (writer.ConfigureAwait(false))
        {
            TaskMetrics metrics = await TokenizeAsync(context, writer).ConfigureAwait(false);
            writer.WriteInfo(metrics);
            return metrics with { Entries = writer.Rows, CoveredBytes = writer.Tokens };
        }
    }

    private static async Task<TaskMetrics> TokenizeAsync(TaskContext context, ITokenizedWriter writer)
    {
        TokenizedFile file = context.Plan.TokenizedFile(context.Index);
        CorpusFile input = context.Plan.Files[file.Input];
        JobSpec spec = context.Spec;
        Tokenizer tokenizer = context.Job.Tokenizer(context.Stage);
        var encoder = new RowEncoder(context, tokenizer);
        var total = new TaskMetrics { Units = context.Plan.TextBytesOfFile(file.Input) };
        var leftOut = new LeftOutGroups(context);
        var digest = new TextDigest();
        var ids = new ArrayBufferWriter<int>(1 << 16);

        using ITextSource source = TextSources.Open(input.Path, spec.SourceOptions);
        // Of the file, rows that are not taken too: a document keeps its place whatever else is taken.
        long firstRow = 0;
        for (int group = 0; group < input.RowGroups.Length; group++)
        {
            RowGroupInfo info = input.RowGroups[group];
            GroupFaults? faults = leftOut.Of(file.Input, group);
            RowSelection? taken = TakenRows.Find(source, group, info, faults, context.Cancellation);
            RowSelection selection = taken ?? RowSelection.First(0);
            long rows = total.Rows;
            long groupStart = firstRow;
            writer.BeginGroup(group, selection, context.Cancellation);
            foreach (TextBatch batch in taken is not null ? source.ReadBatches(group, context.Memory.ReadingBytes, selection, context.Cancellation) : [])
            {
                using (batch)
                {
                    int[] lengths = new int[batch.CountTaken()];
                    ids.ResetWrittenCount();
                    total = TaskMetrics.Add(total, EncodeRows(context, encoder, tokenizer.Model.Vocabulary, batch, digest, firstRow, ids, lengths, total.TextBytes));
                    firstRow += batch.RowCount;
                    await writer.AppendAsync(batch, ids.WrittenMemory, lengths, context.Cancellation).ConfigureAwait(false);
                }
            }

            await writer.EndGroupAsync(context.Cancellation).ConfigureAwait(false);
            firstRow = info.Rows == RowGroupInfo.UnknownRows ? firstRow : groupStart + info.Rows;
            long leftOutRows = info.IsLeftAside ? 0 : faults?.LeftOutRows(info) ?? 0;
            total = TaskMetrics.Add(total, new TaskMetrics { PassedRows = info.PassedRows(total.Rows - rows + leftOutRows), LeftOutRows = leftOutRows, TextDigest = taken is null ? 0 : digest.End(input.Fingerprint, group) });
        }

        await writer.CompleteAsync(context.Cancellation).ConfigureAwait(false);
        return total;
    }

    private static TaskMetrics EncodeRows(
        TaskContext context, RowEncoder encoder, Vocabulary vocabulary, TextBatch batch, TextDigest digest, long firstRow, ArrayBufferWriter<int> ids, int[] lengths, long doneBytes)
    {
        long textBytes = 0;
        int next = 0;
        for (int row = 0; row < batch.RowCount; row++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (!batch.IsTaken(row))
            {
                continue;
            }

            digest.Append(batch[row], batch.IsNull(row));
            if (batch.IsNull(row))
            {
                lengths[next++] = TokenizedFileWriter.NullText;
                continue;
            }

            int before = ids.WrittenCount;
            encoder.Encode(batch[row], firstRow + row, ids);
            lengths[next++] = ids.WrittenCount - before;
            textBytes += batch[row].Length;
            if ((row & 0xFF) == 0)
            {
                context.ReportUnits(doneBytes + textBytes);
            }
        }

        long normalizedBytes = 0;
        long singleByteTokens = 0;
        foreach (int id in ids.WrittenSpan)
        {
            int length = vocabulary.GetPiece(id).Length;
            normalizedBytes += length;
            singleByteTokens += length == 1 ? 1 : 0;
        }

        return new TaskMetrics
        {
            Rows = lengths.Length,
            InvalidRows = batch.InvalidRows,
            TextBytes = textBytes,
            NormalizedBytes = normalizedBytes,
            Tokens = ids.WrittenCount,
            SingleByteTokens = singleByteTokens,
        };
    }

    // Lets data and model be matched later, whatever becomes of the manifest beside them.
    private static TokenizedFileOptions FileOptionsFor(JobSpec spec, TokenizedFile file, string fingerprint, Tokenizer tokenizer) => new()
    {
        ZstdLevel = spec.CompressionLevel,
        DescribesFeatures = spec.DatasetCard,
        IdType = spec.Layout.TypeFor(tokenizer.Model.Vocabulary.Count),
        Metadata =
        [
            .. OutputMetadata.Of(spec, tokenizer.Model, file),
            new("bytemill.input.fingerprint", fingerprint),
        ],
    };

    private static void WriteInfo(TaskContext context, TaskMetrics metrics, string inputVersion)
    {
        using FileStream written = context.Output.OpenRead(WorkFileNames.Tokenized);
        using FileStream info = context.Output.Create(WorkFileNames.TokenizedInfo);
        CheckedMessage.Write(info, new Wire.TokenizedFileInfo
        {
            Rows = metrics.Rows,
            Tokens = metrics.Tokens,
            LengthBytes = written.Length,
            Xxh3 = FileHash.Of(written),
            InputVersion = inputVersion,
        });
    }
}

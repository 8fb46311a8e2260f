using System.Collections.Immutable;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>Reads a sample: rows spread evenly over row groups that are spread evenly over all files. The same corpus gives the same sample.</summary>
internal static class CorpusSampler
{
    // More row groups make a fairer sample and take longer to read.
    private const int MostRowGroups = 256;
    private const int FewestRowGroups = 8;

    // Of a group of lines, read at most.
    private const long MostLineBytes = 32 << 20;

    // Text decoded for each byte that is kept.
    private const int ReadFactor = 8;

    /// <exception cref="CorpusException">An input is at fault.</exception>
    /// <exception cref="JobInputException">The corpus holds no text.</exception>
    public static CorpusSample Read(
        ImmutableArray<CorpusFile> files, SourceOptions options, long sampleBytes, IProgress<string> progress, CancellationToken ct)
    {
        (int File, int Group, RowGroupInfo Info)[] all =
        [
            .. files.SelectMany((file, index) => file.RowGroups.Select((group, number) => (index, number, group))).Where(entry => entry.group.Rows != 0 && !entry.group.IsLeftAside),
        ];
        long footerBytes = all.Sum(entry => entry.Info.TextBytes);
        if (all.Length == 0)
        {
            throw new JobInputException($"The {files.Length} input files hold no rows, so there is nothing to plan.");
        }

        double meanBytes = Math.Max(1, (double)footerBytes / all.Length);
        int most = (int)Math.Clamp(ReadFactor * sampleBytes / meanBytes, FewestRowGroups, MostRowGroups);
        int taken = Math.Min(all.Length, most);
        var documents = ImmutableArray.CreateBuilder<byte[]>();
        var meter = new WorkMeter();
        long readBytes = 0;
        long rows = 0;
        long readFooterBytes = 0;
        long left = sampleBytes;
        for (int i = 0; i < taken; i++)
        {
            ct.ThrowIfCancellationRequested();
            progress.Report($"reading row group {i + 1} of {taken}");
            (int file, int group, RowGroupInfo info) = all[(int)((long)i * all.Length / taken)];
            meter.Start();
            using TextBatch? batch = ReadFirst(files[file].Path, options, group, info, ct);
            meter.Stop();
            if (batch is not null)
            {
                long takenBytes = TakenBytes(batch);
                rows += batch.CountTaken();
                readBytes += takenBytes;
                // Of a compressed file the group is the whole, of which this is the beginning.
                readFooterBytes += info.Rows == RowGroupInfo.UnknownRows ? Math.Min(info.TextBytes, Math.Max(1, batch.TotalBytes)) : info.TextBytes;
                long quota = left / (taken - i);
                left -= Take(batch, takenBytes, quota, documents);
            }
        }

        if (readBytes == 0)
        {
            throw new JobInputException(rows == 0 && options is not { Where: null, Sample: null }
                ? $"None of the rows looked at in {files.Length} input files is taken by --where and --sample, so there is nothing to plan from. Take more rows, or raise --sample-size."
                : $"The {files.Length} input files hold no text, so there is nothing to plan.");
        }

        bool isWhole = taken == all.Length && readFooterBytes == footerBytes;
        long corpusBytes = isWhole ? readBytes : (long)(footerBytes * ((double)readBytes / Math.Max(1, readFooterBytes)));
        return new CorpusSample(
            documents.ToImmutable(), corpusBytes, files.Sum(file => file.LengthBytes), RowsOf(files, options, rows, (double)corpusBytes / readBytes), files.Length, meter.Seconds / readBytes);
    }

    // Rows at even distances, so that long documents and short ones come in as they are.
    private static long Take(TextBatch batch, long batchBytes, long quota, ImmutableArray<byte[]>.Builder documents)
    {
        double share = Math.Min(1, quota / (double)Math.Max(1, batchBytes));
        double due = share / 2;
        long bytes = 0;
        for (int row = 0; row < batch.RowCount; row++)
        {
            if (!batch.IsTaken(row))
            {
                continue;
            }

            due += share;
            if (due >= 1)
            {
                due -= 1;
                if (batch[row].Length > 0)
                {
                    documents.Add(batch[row].ToArray());
                    bytes += batch[row].Length;
                }
            }
        }

        return bytes;
    }

    // Where they are not known beforehand, as many as the sample says.
    private static long RowsOf(ImmutableArray<CorpusFile> files, SourceOptions options, long sampledRows, double share) =>
        options is { Where: null, Sample: null } && files.All(file => file.RowsToRead is not null) ? files.Sum(file => file.RowsToRead!.Value) : (long)(sampledRows * share);

    private static long TakenBytes(TextBatch batch)
    {
        long bytes = 0;
        for (int row = 0; row < batch.RowCount; row++)
        {
            bytes += batch.IsTaken(row) ? batch[row].Length : 0;
        }

        return bytes;
    }

    private static TextBatch? ReadFirst(string path, SourceOptions options, int group, RowGroupInfo info, CancellationToken ct)
    {
        using ITextSource source = TextSources.Open(path, options);
        long batchBytes = info.Rows == RowGroupInfo.UnknownRows ? MostLineBytes : long.MaxValue;
        return source.ReadBatches(group, batchBytes, source.SelectRows(group, info.Take, ct), ct).FirstOrDefault();
    }
}

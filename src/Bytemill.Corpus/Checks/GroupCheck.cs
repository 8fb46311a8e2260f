using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>Reads a group once, to find out before any use of it what of it is to be left out.</summary>
/// <remarks>What is found depends on the file's bytes and the options alone: batches are of one size whatever memory there is, since messages name
/// their rows.</remarks>
public static class GroupCheck
{
    private const long BatchBytes = 1 << 20;

    /// <summary>Opens a file to be checked.</summary>
    /// <inheritdoc cref="TextSources.Open"/>
    public static ITextSource Open(string path, SourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return TextSources.Open(path, options with { ReportsFaults = true });
    }

    /// <summary>Checks a group.</summary>
    /// <param name="source">From <see cref="Open"/>.</param>
    /// <param name="group">0-based index.</param>
    /// <param name="info">The group, whose <see cref="RowGroupInfo.Take"/> ends the rows that are reported, not those that are read.</param>
    /// <param name="options">As given to <see cref="Open"/>.</param>
    /// <param name="copied">Columns to be copied.</param>
    /// <param name="cancellationToken">Looked at while reading.</param>
    /// <exception cref="CorpusException">Something is at fault and not to be left out.</exception>
    public static GroupReading Run(
        ITextSource source, int group, RowGroupInfo info, SourceOptions options, CopiedColumns copied, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(copied);
        try
        {
            return Read(source, group, info, copied, cancellationToken);
        }
        catch (CorpusException error) when (options.OnError == InputErrorHandling.Skip && error.Fault == CorpusFault.Content)
        {
            return new GroupReading(new GroupFaults(error.Message, [], info.Rows), 0, 0, null);
        }
    }

    private static GroupReading Read(ITextSource source, int group, RowGroupInfo info, CopiedColumns copied, CancellationToken cancellationToken)
    {
        // To the end of the group, wherever a limit falls: else what is damaged would depend on it.
        RowSelection selection = source.SelectRows(group, take: null, cancellationToken);
        long end = info.Take ?? long.MaxValue;
        List<RowFault> faults = [];
        var digest = new TextDigest();
        long rows = 0;
        long bytes = 0;
        long groupRows = 0;
        foreach (TextBatch batch in source.ReadBatches(group, BatchBytes, selection, cancellationToken))
        {
            using (batch)
            {
                faults.AddRange(batch.Faults.Where(fault => fault.Row < end));
                for (int row = 0; row < batch.RowCount; row++)
                {
                    if (batch.FirstRow + row < end && batch.IsTaken(row))
                    {
                        rows++;
                        bytes += batch[row].Length;
                        digest.Append(batch[row], batch.IsNull(row));
                    }
                }

                groupRows = batch.FirstRow + batch.RowCount;
            }
        }

        ImmutableArray<RowFaults> found = RowFaults.Gather(faults);
        source.CheckCopied(group, copied, source.SelectRows(group, info.Take, cancellationToken).Except(found, info.Rows), cancellationToken);
        return new GroupReading(new GroupFaults(null, found, info.Rows == RowGroupInfo.UnknownRows ? groupRows : info.Rows), rows, bytes, digest);
    }
}

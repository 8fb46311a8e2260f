using System.Collections.Immutable;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>Finds where the first rows of a corpus end, in order of files and rows.</summary>
internal static class RowLimit
{
    private const long BatchBytes = 1 << 20;

    /// <summary>Leaves aside all that comes after so many taken rows.</summary>
    /// <param name="files">The corpus.</param>
    /// <param name="options">Which rows are taken.</param>
    /// <param name="leftOut">Tells what of a group is left out; null for nothing.</param>
    /// <param name="limit">Taken rows, at least 1.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>The files up to the one with the last row.</returns>
    /// <exception cref="CorpusException">An input is at fault.</exception>
    public static ImmutableArray<CorpusFile> Apply(
        ImmutableArray<CorpusFile> files, SourceOptions options, Func<CorpusFile, int, GroupFaults?> leftOut, long limit, CancellationToken cancellation)
    {
        var kept = ImmutableArray.CreateBuilder<CorpusFile>();
        foreach (CorpusFile file in files)
        {
            if (limit == 0)
            {
                break;
            }

            ImmutableArray<RowGroupInfo>.Builder groups = file.RowGroups.ToBuilder();
            // Reading runs ahead of the limit, into rows that nobody has been told of.
            using ITextSource source = options.LeavesOut ? GroupCheck.Open(file.Path, options) : TextSources.Open(file.Path, options);
            for (int group = 0; group < groups.Count; group++)
            {
                if (limit == 0)
                {
                    groups[group] = groups[group] with { Take = 0 };
                }
                else if (!groups[group].IsLeftAside)
                {
                    long take = FirstRows(source, group, groups[group], options, leftOut(file, group), ref limit, cancellation);
                    groups[group] = groups[group] with { Take = limit == 0 ? take : null };
                }
            }

            kept.Add(file with { RowGroups = groups.ToImmutable() });
        }

        return kept.ToImmutable();
    }

    // How many rows of the group, taken or not, hold those that are still to come.
    private static long FirstRows(
        ITextSource source, int group, RowGroupInfo info, SourceOptions options, GroupFaults? faults, ref long limit, CancellationToken cancellation)
    {
        if (faults?.Damage is not null)
        {
            return long.MaxValue;
        }

        if (info.Rows != RowGroupInfo.UnknownRows && options.Where is null && options.Sample is null && faults is not { IsAny: true })
        {
            long rows = Math.Min(limit, info.Rows);
            limit -= rows;
            return rows;
        }

        RowSelection selection = source.SelectRows(group, take: null, cancellation).Except(faults?.Rows ?? [], info.Rows);
        if (info.Rows != RowGroupInfo.UnknownRows)
        {
            long row = 0;
            for (; row < info.Rows && limit > 0; row++)
            {
                limit -= selection.Takes(row) ? 1 : 0;
            }

            return row;
        }

        foreach (TextBatch batch in source.ReadBatches(group, BatchBytes, selection, cancellation))
        {
            using (batch)
            {
                for (int row = 0; row < batch.RowCount; row++)
                {
                    limit -= batch.IsTaken(row) ? 1 : 0;
                    if (limit == 0)
                    {
                        return batch.FirstRow + row + 1;
                    }
                }
            }
        }

        return long.MaxValue;
    }
}

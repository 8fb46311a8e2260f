using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>Cuts files into partitions.</summary>
public static class PartitionPlanner
{
    /// <summary>Cuts each file, at row-group borders, into partitions of about equal text bytes.</summary>
    /// <param name="files">Files; their order gives <see cref="CorpusPartition.FileIndex"/>.</param>
    /// <param name="targetBytes">Wanted <see cref="CorpusPartition.TextBytes"/> of a partition, at least 1. A row group is
    /// never cut, so partitions can be larger.</param>
    /// <returns>Partitions in file and row-group order, each of at least one row group; a file without row groups has none.
    /// A pure function of the arguments.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="targetBytes"/> is less than 1.</exception>
    public static ImmutableArray<CorpusPartition> Plan(IReadOnlyList<CorpusFile> files, long targetBytes)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentOutOfRangeException.ThrowIfLessThan(targetBytes, 1);
        ImmutableArray<CorpusPartition>.Builder plan = ImmutableArray.CreateBuilder<CorpusPartition>();
        for (int fileIndex = 0; fileIndex < files.Count; fileIndex++)
        {
            ImmutableArray<RowGroupInfo> groups = files[fileIndex].RowGroups;
            long total = files[fileIndex].TextBytes;
            long rounded = (total / targetBytes) + (total % targetBytes >= targetBytes - (targetBytes / 2) ? 1 : 0);
            long parts = Math.Clamp(rounded, 1, Math.Max(1, groups.Length));
            int first = 0;
            long cutSoFar = 0;
            for (long part = 1; part <= parts; part++)
            {
                // The ideal border of this part; a row group goes where its middle lies. Int128: bytes times parts.
                long border = (long)((Int128)total * part / parts);
                int end = first;
                long bytes = 0;
                long rows = 0;
                while (end < groups.Length
                    && (part == parts || cutSoFar + bytes + (groups[end].TextBytes / 2) < border))
                {
                    bytes = checked(bytes + groups[end].TextBytes);
                    rows = checked(rows + groups[end].Rows);
                    end++;
                }

                // A huge row group can leave the next part empty.
                if (end == first)
                {
                    continue;
                }

                plan.Add(new CorpusPartition
                {
                    Index = plan.Count,
                    FileIndex = fileIndex,
                    FirstRowGroup = first,
                    RowGroupCount = end - first,
                    Rows = rows,
                    TextBytes = bytes,
                });
                first = end;
                cutSoFar = checked(cutSoFar + bytes);
            }
        }

        return plan.ToImmutable();
    }
}

using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>Cuts files into partitions.</summary>
public static class PartitionPlanner
{
    // A corpus of a few partitions' size is cut smaller, so that all workers have something to do until the end,
    private const int WantedPartitions = 8;

    // but not so small that a task's beginning and end would count.
    private const long SmallestTarget = 4 << 20;

    /// <summary>What to aim at for a corpus: <paramref name="targetBytes"/>, or less when that would give a few partitions only.</summary>
    /// <param name="files">The corpus.</param>
    /// <param name="targetBytes">Most wanted, at least 1.</param>
    public static long TargetFor(IReadOnlyList<CorpusFile> files, long targetBytes)
    {
        ArgumentNullException.ThrowIfNull(files);
        return Math.Min(targetBytes, Math.Max(SmallestTarget, files.Sum(file => file.TextBytes) / WantedPartitions));
    }

    /// <summary>Cuts the files, as if they were one, at row-group borders into partitions of about equal text bytes.</summary>
    /// <param name="files">Files; their order gives <see cref="CorpusRange.FileIndex"/>.</param>
    /// <param name="targetBytes">Wanted <see cref="CorpusPartition.TextBytes"/> of a partition, at least 1. A row group is
    /// never cut, so partitions can be larger.</param>
    /// <returns>Partitions in file and row-group order, each of at least one row group, all of files of one weight; no row group is left out but
    /// those that are left aside. A pure function of
    /// the arguments.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="targetBytes"/> is less than 1.</exception>
    public static ImmutableArray<CorpusPartition> Plan(IReadOnlyList<CorpusFile> files, long targetBytes)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentOutOfRangeException.ThrowIfLessThan(targetBytes, 1);
        // Int128: sums of any sizes, and bytes times parts.
        Int128 total = 0;
        long groups = 0;
        foreach (CorpusFile file in files)
        {
            foreach (RowGroupInfo group in file.RowGroups.Where(group => !group.IsLeftAside))
            {
                groups++;
                total += group.TextBytes;
            }
        }

        Int128 rounded = (total / targetBytes) + (total % targetBytes >= targetBytes - (targetBytes / 2) ? 1 : 0);
        var parts = (long)Int128.Clamp(rounded, 1, Math.Max(1, groups));
        var cutter = new Cutter();
        Int128 before = 0;
        long part = 1;
        for (int fileIndex = 0; fileIndex < files.Count; fileIndex++)
        {
            ImmutableArray<RowGroupInfo> file = files[fileIndex].RowGroups;
            if (fileIndex > 0 && files[fileIndex].Weight != files[fileIndex - 1].Weight)
            {
                // What a partition counts is multiplied as a whole.
                cutter.Cut();
            }

            for (int group = 0; group < file.Length; group++)
            {
                if (file[group].IsLeftAside)
                {
                    continue;
                }

                // The ideal border of a part; a row group goes where its middle lies. A huge one can leave parts empty.
                Int128 middle = before + (file[group].TextBytes / 2);
                if (part < parts && middle >= total * part / parts)
                {
                    cutter.Cut();
                    while (part < parts && middle >= total * part / parts)
                    {
                        part++;
                    }
                }

                cutter.Add(fileIndex, group, file[group]);
                before += file[group].TextBytes;
            }
        }

        return cutter.Finish();
    }

    /// <summary>Collects row groups into partitions.</summary>
    private sealed class Cutter
    {
        private readonly ImmutableArray<CorpusPartition>.Builder _plan = ImmutableArray.CreateBuilder<CorpusPartition>();
        private readonly List<CorpusRange> _ranges = [];
        private long _rows;
        private long _bytes;

        public void Add(int file, int group, RowGroupInfo info)
        {
            if (_ranges.Count > 0 && _ranges[^1] is var last && last.FileIndex == file && last.FirstRowGroup + last.RowGroupCount == group)
            {
                _ranges[^1] = last with { RowGroupCount = last.RowGroupCount + 1 };
            }
            else
            {
                _ranges.Add(new CorpusRange(file, group, 1));
            }

            _rows = checked(_rows + Math.Max(0, info.Rows));
            _bytes = checked(_bytes + info.TextBytes);
        }

        public void Cut()
        {
            if (_ranges.Count > 0)
            {
                _plan.Add(new CorpusPartition { Index = _plan.Count, Ranges = [.. _ranges], Rows = _rows, TextBytes = _bytes });
                _ranges.Clear();
                (_rows, _bytes) = (0, 0);
            }
        }

        public ImmutableArray<CorpusPartition> Finish()
        {
            Cut();
            return _plan.ToImmutable();
        }
    }
}

using System.Collections.Immutable;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>Counts of an earlier job that a job can take over, and why not more.</summary>
internal sealed class CountsMatch
{
    private readonly IReadOnlyList<(ImmutableArray<CorpusRange> Ranges, Wire.KeptRun Run)> _runs;
    private readonly ImmutableArray<string> _differences;
    private readonly Wire.KeptCounts _kept;
    private readonly Predicate<Wire.KeptRun> _isOther;
    private readonly Dictionary<string, int> _indexes;

    /// <param name="runs">Runs to take over, with their place in the job's files.</param>
    /// <param name="differences">Options that differ, so that nothing can be.</param>
    /// <param name="kept">All runs that there are.</param>
    /// <param name="isOther">Whether the text of a run may be another for this job, since other rows are left out.</param>
    /// <param name="indexes">The job's files.</param>
    public CountsMatch(
        IReadOnlyList<(ImmutableArray<CorpusRange> Ranges, Wire.KeptRun Run)> runs, ImmutableArray<string> differences, Wire.KeptCounts kept, Predicate<Wire.KeptRun> isOther, Dictionary<string, int> indexes) =>
        (_runs, _differences, _kept, _isOther, _indexes) = (runs, differences, kept, isOther, indexes);

    /// <summary>Borders of shards in these runs, which the job keeps; null where it takes none over.</summary>
    public ImmutableArray<ulong>? RangeStarts => _runs.Count == 0 ? null : [.. _kept.NgramRangeStarts];

    /// <summary>The partitions of the runs, and those that the rest of the files is cut into, in order of their beginnings.</summary>
    /// <param name="files">The job's files.</param>
    /// <param name="targetBytes">Text of a partition.</param>
    /// <returns>The partitions, and the runs of those that have one.</returns>
    public (ImmutableArray<CorpusPartition> Partitions, ImmutableSortedDictionary<int, Wire.KeptRun> Runs) Plan(ImmutableArray<CorpusFile> files, long targetBytes)
    {
        ImmutableArray<CorpusFile> rest = [.. files.Select((file, index) => file with { RowGroups = WithoutCounted(file, index) })];
        (CorpusPartition Partition, Wire.KeptRun? Run)[] all =
        [
            .. PartitionPlanner.Plan(rest, targetBytes).Select(partition => (partition, (Wire.KeptRun?)null))
                .Concat(_runs.Select(run => (PartitionOf(run.Ranges, files), (Wire.KeptRun?)run.Run)))
                .OrderBy(part => (part.Item1.Ranges[0].FileIndex, part.Item1.Ranges[0].FirstRowGroup)),
        ];
        return (
            [.. all.Select((part, index) => part.Partition with { Index = index })],
            all.Select((part, index) => (part.Run, index)).Where(part => part.Run is not null).ToImmutableSortedDictionary(part => part.index, part => part.Run!));
    }

    /// <summary>What is told of it at the end.</summary>
    public Wire.Extension Describe(ImmutableArray<CorpusFile> files)
    {
        ILookup<string, (Wire.KeptRange Range, bool IsOther)> earlier = _kept.Runs
            .SelectMany(run => run.Ranges, (run, range) => (Range: range, IsOther: _isOther(run)))
            .ToLookup(range => range.Range.Path, StringComparer.Ordinal);
        var extension = new Wire.Extension { Differences = { _differences }, GoneFiles = earlier.Count(file => !_indexes.ContainsKey(file.Key)) };
        for (int index = 0; index < files.Length && _differences.IsEmpty; index++)
        {
            CorpusFile file = files[index];
            if (WithoutCounted(file, index).All(group => group.IsLeftAside))
            {
                continue;
            }

            (Wire.KeptRange Range, bool IsOther)[] ranges = [.. earlier[file.Path]];
            extension.NewFiles += ranges.Length == 0 ? 1 : 0;
            bool isChanged = ranges.Length > 0 && !Array.TrueForAll(ranges, range => KeptCounts.IsSameFile(range.Range, file));
            bool isOther = ranges.Length > 0 && !isChanged && !Array.TrueForAll(ranges, range => KeptCounts.IsSame(range.Range, file) && !range.IsOther);
            extension.ChangedFiles += isChanged ? 1 : 0;
            extension.OtherwiseFiles += isOther ? 1 : 0;
            extension.NeighbourFiles += ranges.Length > 0 && !isChanged && !isOther ? 1 : 0;
        }

        return extension;
    }

    private ImmutableArray<RowGroupInfo> WithoutCounted(CorpusFile file, int index)
    {
        ImmutableArray<RowGroupInfo>.Builder groups = file.RowGroups.ToBuilder();
        foreach (CorpusRange range in CountedOf(index))
        {
            for (int group = range.FirstRowGroup; group < range.FirstRowGroup + range.RowGroupCount; group++)
            {
                groups[group] = groups[group] with { Take = 0 };
            }
        }

        return groups.ToImmutable();
    }

    private IEnumerable<CorpusRange> CountedOf(int file) => (_counted ??= _runs.SelectMany(run => run.Ranges).ToLookup(range => range.FileIndex))[file];

    private ILookup<int, CorpusRange>? _counted;

    private static CorpusPartition PartitionOf(ImmutableArray<CorpusRange> ranges, ImmutableArray<CorpusFile> files)
    {
        RowGroupInfo[] groups = [.. ranges.SelectMany(range => files[range.FileIndex].RowGroups.Skip(range.FirstRowGroup).Take(range.RowGroupCount))];
        return new CorpusPartition { Index = 0, Ranges = ranges, Rows = groups.Sum(group => Math.Max(0, group.Rows)), TextBytes = groups.Sum(group => group.TextBytes) };
    }
}

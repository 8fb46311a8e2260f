using System.Collections.Immutable;
using Bytemill.Corpus;
using CsCheck;

namespace Bytemill.Tests;

public sealed class PartitionPlannerTests
{
    private static readonly Gen<CorpusFile[]> s_files =
        Gen.Long[0, 1000].Array[0, 12].Select(sizes => FileOf(sizes)).Array[0, 6];

    [Fact]
    public void Plan_AnyFiles_CoversEachRowGroupOnceInOrder() =>
        Gen.Select(s_files, Gen.Long[1, 3000]).Sample((files, target) =>
        {
            ImmutableArray<CorpusPartition> plan = PartitionPlanner.Plan(files, target);
            int index = 0;
            for (int file = 0; file < files.Length; file++)
            {
                int next = 0;
                for (; index < plan.Length && plan[index].FileIndex == file; index++)
                {
                    CorpusPartition part = plan[index];
                    RowGroupInfo[] groups = [.. files[file].RowGroups.AsSpan(part.FirstRowGroup, part.RowGroupCount)];
                    Assert.Equal(index, part.Index);
                    Assert.Equal(next, part.FirstRowGroup);
                    Assert.True(part.RowGroupCount > 0);
                    Assert.Equal(groups.Sum(group => group.Rows), part.Rows);
                    Assert.Equal(groups.Sum(group => group.TextBytes), part.TextBytes);
                    next += part.RowGroupCount;
                }

                Assert.Equal(files[file].RowGroups.Length, next);
            }

            Assert.Equal(plan.Length, index);
        });

    [Fact]
    public void Plan_EqualRowGroups_GivesEqualPartitions()
    {
        ImmutableArray<CorpusPartition> plan = PartitionPlanner.Plan([FileOf([.. Enumerable.Repeat(100L, 12)])], 300);

        Assert.Equal([3, 3, 3, 3], plan.Select(part => part.RowGroupCount));
    }

    [Fact]
    public void Plan_OneHugeRowGroup_StandsAlone()
    {
        ImmutableArray<CorpusPartition> plan = PartitionPlanner.Plan([FileOf(10, 10, 10_000, 10, 10)], 100);

        Assert.Contains(plan, part => part is { FirstRowGroup: 2, RowGroupCount: 1 } or { TextBytes: >= 10_000 and <= 10_020 });
        Assert.Equal(5, plan.Sum(part => part.RowGroupCount));
    }

    [Fact]
    public void Plan_HugeSizes_DoesNotOverflow()
    {
        ImmutableArray<CorpusPartition> plan = PartitionPlanner.Plan(
            [FileOf([.. Enumerable.Repeat(1L << 54, 100)])], 1L << 54);

        Assert.Equal(100, plan.Length);
        Assert.Single(PartitionPlanner.Plan([FileOf(1L << 62, 1L << 61)], long.MaxValue));
    }

    [Fact]
    public void Plan_NoTarget_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PartitionPlanner.Plan([], 0));

    private static CorpusFile FileOf(params long[] textBytes) => new()
    {
        Path = "x",
        LengthBytes = 1,
        Fingerprint = "0",
        Columns = [],
        RowGroups = [.. textBytes.Select(bytes => new RowGroupInfo(bytes % 7, bytes))],
    };
}

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
            var covered = new List<(int File, int Group)>();
            for (int index = 0; index < plan.Length; index++)
            {
                CorpusPartition part = plan[index];
                RowGroupInfo[] groups =
                    [.. part.Ranges.SelectMany(range => files[range.FileIndex].RowGroups.AsSpan(range.FirstRowGroup, range.RowGroupCount).ToArray())];
                Assert.Equal(index, part.Index);
                Assert.NotEmpty(groups);
                Assert.All(part.Ranges, range => Assert.True(range.RowGroupCount > 0));
                Assert.Distinct(part.Ranges.Select(range => range.FileIndex));
                Assert.Equal(groups.Sum(group => group.Rows), part.Rows);
                Assert.Equal(groups.Sum(group => group.TextBytes), part.TextBytes);
                covered.AddRange(part.Ranges.SelectMany(range => Enumerable.Range(range.FirstRowGroup, range.RowGroupCount).Select(group => (range.FileIndex, group))));
            }

            Assert.Equal(files.SelectMany((file, index) => file.RowGroups.Select((_, group) => (index, group))), covered);
        });

    [Fact]
    public void Plan_EqualRowGroups_GivesEqualPartitions()
    {
        ImmutableArray<CorpusPartition> plan = PartitionPlanner.Plan([FileOf([.. Enumerable.Repeat(100L, 12)])], 300);

        Assert.Equal([3, 3, 3, 3], plan.Select(part => Assert.Single(part.Ranges).RowGroupCount));
    }

    [Fact]
    public void Plan_SmallFiles_SharePartitions()
    {
        ImmutableArray<CorpusPartition> plan = PartitionPlanner.Plan([FileOf(10), FileOf(), FileOf(10, 10), FileOf(10), FileOf(20)], 30);

        Assert.Equal([[new(0, 0, 1), new(2, 0, 2)], [new(3, 0, 1), new(4, 0, 1)]], plan.Select(part => part.Ranges.ToArray()));
    }

    [Theory]
    [InlineData(60L << 20, 32L << 20, 60L << 17)]
    [InlineData(1L << 20, 32L << 20, 4L << 20)]
    [InlineData(1L << 40, 32L << 20, 32L << 20)]
    [InlineData(1L << 40, 7, 7)]
    public void TargetFor_AnyCorpus_LeavesEnoughPartitions(long text, long wanted, long expected) =>
        Assert.Equal(expected, PartitionPlanner.TargetFor([FileOf(text)], wanted));

    [Fact]
    public void Plan_OneHugeRowGroup_StandsAlone()
    {
        ImmutableArray<CorpusPartition> plan = PartitionPlanner.Plan([FileOf(10, 10, 10_000, 10, 10)], 100);

        Assert.Contains(plan, part => part.TextBytes is >= 10_000 and <= 10_020);
        Assert.Equal(5, plan.Sum(part => part.Ranges.Sum(range => range.RowGroupCount)));
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

using Bytemill.Pipeline;

namespace Bytemill.Tests;

public class ShardPlacementTests
{
    [Theory]
    [InlineData(8, 2)]
    [InlineData(8, 3)]
    [InlineData(8, 8)]
    [InlineData(8, 20)]
    [InlineData(64, 5)]
    public void Assign_NoHostHasMoreThanItsShare(int shards, int hostCount)
    {
        string[] hosts = [.. Enumerable.Range(0, hostCount).Select(i => $"h{i}:1/shards")];
        for (int job = 0; job < 20; job++)
        {
            var owners = ShardPlacement.Assign($"job{job}", ShardKind.NGram, shards, hosts);
            Assert.Equal(shards, owners.Length);
            Assert.InRange(owners.GroupBy(owner => owner).Max(shardsOfOne => shardsOfOne.Count()), 1, (shards + hostCount - 1) / hostCount);
        }
    }

    [Fact]
    public void Assign_HostLeaves_FewShardsOfOthersMove()
    {
        string[] hosts = ["a:1/shards", "b:1/shards", "c:1/shards", "d:1/shards"];
        var before = ShardPlacement.Assign("job", ShardKind.Piece, 64, hosts);
        var after = ShardPlacement.Assign("job", ShardKind.Piece, 64, hosts[..3]);
        int moved = Enumerable.Range(0, 64).Count(shard => before[shard] != after[shard] && before[shard] != hosts[3]);
        Assert.InRange(moved, 0, 12);
        Assert.DoesNotContain(hosts[3], after);
    }

    [Fact]
    public void Assign_OrderOfHosts_DoesNotMatter()
    {
        string[] hosts = ["a:1/shards", "b:1/shards", "c:1/shards"];
        Assert.Equal(
            ShardPlacement.Assign("job", ShardKind.NGram, 16, hosts),
            ShardPlacement.Assign("job", ShardKind.NGram, 16, [.. hosts.Reverse()]));
    }

    [Fact]
    public void Assign_NoHosts_IsAnError() =>
        Assert.Throws<ArgumentException>(() => ShardPlacement.Assign("job", ShardKind.NGram, 16, []));
}

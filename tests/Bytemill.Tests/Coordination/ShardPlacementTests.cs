using Bytemill.Pipeline;

namespace Bytemill.Tests;

public class ShardPlacementTests
{
    [Fact]
    public void Assign_HostLeaves_OnlyItsShardsMove()
    {
        string[] hosts = ["a:1/shards", "b:1/shards", "c:1/shards"];
        var before = ShardPlacement.Assign("job", ShardKind.Piece, 64, hosts);
        var after = ShardPlacement.Assign("job", ShardKind.Piece, 64, hosts[..2]);
        for (int shard = 0; shard < 64; shard++)
        {
            Assert.True(before[shard] == after[shard] || before[shard] == hosts[2]);
        }

        Assert.All(hosts, host => Assert.Contains(host, before));
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

using Akka.Actor;
using Bytemill.Pipeline;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Tests;

public class NodeRollTests
{
    private readonly NodeRoll _roll = new();

    [Fact]
    public void Hear_TellsWhoIsNew_AndKeepsTheLast()
    {
        IActorRef reporter = Reporter("a");
        Assert.True(_roll.Hear(reporter, Node("a:1", cpu: 0.1)));
        Assert.False(_roll.Hear(reporter, Node("a:1", cpu: 0.2)));
        Assert.Equal(0.2, Assert.Single(_roll.List("", "c:1").Nodes).CpuShare);
    }

    [Fact]
    public void Forget_AnOldProcessOnTheSameAddress_KeepsTheNewOne()
    {
        IActorRef old = Reporter("old");
        IActorRef young = Reporter("young");
        _roll.Hear(old, Node("a:1"));
        Assert.True(_roll.Hear(young, Node("a:1")));
        _roll.Forget(old);
        Assert.Single(_roll.List("", "c:1").Nodes);
        _roll.Forget(young);
        Assert.Empty(_roll.List("", "c:1").Nodes);
    }

    [Fact]
    public void List_OfAThousandNodes_IsTheirAddressesInPagesThatFitInAMessage()
    {
        for (int i = 0; i < 1000; i++)
        {
            _roll.Hear(Reporter($"{i}"), Node($"some-quite-long-host-name-of-a-pod-{i}.bytemill.svc.cluster.local:4051"));
        }

        var seen = new List<string>();
        NodesListed page;
        do
        {
            page = _roll.List(seen.LastOrDefault(""), "c:1");
            var wire = new Pipeline.Wire.NodesListed { Nodes = { page.Nodes.Select(WireWatching.ToWire) } };
            Assert.InRange(wire.CalculateSize(), 1, 32_000);
            seen.AddRange(page.Nodes.Select(node => node.Address));
        }
        while (!page.IsLast);
        Assert.Equal(1000, seen.Count);
        Assert.Equal(seen.Order(StringComparer.Ordinal), seen);
    }

    private static RootActorPath Root { get; } = new(new Address("akka", "test"));

    private static Placeholder Reporter(string name) => new Placeholder(Root / name);

    private static NodeStatistics Node(string address, double cpu = 0) => new(
        address,
        ["coordinator", "worker", "shard", "web"],
        "0.1.0",
        "host",
        1_700_000_000_000,
        1_700_000_000_000,
        64,
        cpu,
        1L << 33,
        1L << 34,
        1L << 35,
        1L << 36,
        64,
        [.. Enumerable.Range(0, 64).Select(i => new RunningTask("0123456789abcdef0123456789abcdef", 1, StageKind.CountNGrams, i, 1L << 25, 1e7))],
        [new OwnedShards("0123456789abcdef0123456789abcdef", ShardKind.NGram, [.. Enumerable.Range(0, 20)])],
        1.5,
        0.5);

    private sealed class Placeholder(ActorPath path) : MinimalActorRef
    {
        public override ActorPath Path => path;

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}

using Akka.Actor;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Pipeline;

/// <summary>What each node said last. A new process on an old address takes its place.</summary>
internal sealed class NodeRoll
{
    private readonly SortedDictionary<string, (IActorRef Reporter, NodeStatistics Node)> _nodes = new(StringComparer.Ordinal);

    /// <summary>Notes what a node says; whether it is new.</summary>
    public bool Hear(IActorRef reporter, NodeStatistics node)
    {
        bool isNew = !_nodes.TryGetValue(node.Address, out (IActorRef Reporter, NodeStatistics Node) known) || !known.Reporter.Equals(reporter);
        _nodes[node.Address] = (reporter, node);
        return isNew;
    }

    /// <summary>Forgets a node that has gone; nothing when another one is on its address.</summary>
    public void Forget(IActorRef reporter)
    {
        if (_nodes.FirstOrDefault(entry => entry.Value.Reporter.Equals(reporter)).Key is { } address)
        {
            _nodes.Remove(address);
        }
    }

    /// <summary>Nodes after one, as many as fit in a message.</summary>
    public NodesListed List(string after, string coordinator)
    {
        var page = new MessagePage<NodeStatistics>(MessagePage.MostBytes);
        foreach ((string address, (_, NodeStatistics node)) in _nodes)
        {
            if (string.CompareOrdinal(address, after) > 0 && !page.TryAdd(node, WireWatching.ToWire(node).CalculateSize()))
            {
                return new NodesListed(page.Items, coordinator, IsLast: false);
            }
        }

        return new NodesListed(page.Items, coordinator, IsLast: true);
    }
}

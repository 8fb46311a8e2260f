using System.Text.RegularExpressions;

namespace Bytemill.Chaos;

/// <summary>What the logs of the nodes say of the cluster: who is a member, who does not answer, who holds the coordinator.</summary>
/// <remarks>Not safe for use by several threads at once; the cluster locks.</remarks>
internal sealed partial class ClusterView(IReadOnlyList<ChaosNode> nodes)
{
    private readonly HashSet<(ChaosNode Observer, ChaosNode Subject)> _unreachable = [];

    // Whose process must end by itself, and who says so: one that stood still may say it of the others, and is itself the one that must end.
    private readonly HashSet<(ChaosNode Observer, ChaosNode Subject)> _removed = [];

    /// <summary>The node on which the coordinator was started last.</summary>
    public ChaosNode? Coordinator { get; private set; }

    /// <summary>Takes a line of a log into account.</summary>
    public void Read(NodeLine line)
    {
        string text = line.Text;
        if (text.Contains("Singleton manager started singleton actor", StringComparison.Ordinal))
        {
            Coordinator = line.Node;
        }
        else if (text.Contains("forming a new cluster", StringComparison.Ordinal))
        {
            line.Node.Cluster = FormattableString.Invariant($"{line.Node}.{line.Node.Incarnation}");
        }
        else if (Welcome().Match(text) is { Success: true } welcome)
        {
            line.Node.Cluster = At(welcome.Groups[1].Value)?.Cluster;
        }
        else if (text.Contains("as UNREACHABLE", StringComparison.Ordinal))
        {
            foreach (ChaosNode subject in Members(text))
            {
                _unreachable.Add((line.Node, subject));
            }
        }
        else if (text.Contains("as REACHABLE", StringComparison.Ordinal))
        {
            foreach (ChaosNode subject in Members(text))
            {
                _unreachable.Remove((line.Node, subject));
            }
        }
        else if (Removed().Match(text) is { Success: true } removed && At(removed.Groups[1].Value) is { } gone)
        {
            _unreachable.Remove((line.Node, gone));

            // A node that is not up is another process on the same address.
            if (gone.IsUp && gone != line.Node)
            {
                _removed.Add((line.Node, gone));
            }
        }
    }

    /// <summary>A node has announced itself: what was said of its predecessors is over.</summary>
    public void Joined(ChaosNode node)
    {
        _unreachable.RemoveWhere(pair => pair.Subject == node);
        _removed.RemoveWhere(pair => pair.Subject == node);
    }

    /// <summary>A node has ended, and what it has seen with it.</summary>
    public void Ended(ChaosNode node)
    {
        _unreachable.RemoveWhere(pair => pair.Observer == node);
        _removed.RemoveWhere(pair => pair.Observer == node || pair.Subject == node);
        if (Coordinator == node)
        {
            Coordinator = null;
        }
    }

    /// <summary>Why the cluster is not whole; <c>null</c> when all nodes are members of one cluster and see each other.</summary>
    public string? FindUnrest()
    {
        foreach (ChaosNode node in nodes)
        {
            string? fault = !node.IsAlive ? "does not run"
                : !node.IsUp ? "is not a member"
                : _removed.Any(pair => pair.Subject == node) ? "was removed by the others, and its process goes on"
                : null;
            if (fault is not null)
            {
                return $"{node} {fault}";
            }
        }

        foreach ((ChaosNode observer, ChaosNode subject) in _unreachable)
        {
            return $"{observer} does not reach {subject}";
        }

        string[] clusters = [.. nodes.Select(node => node.Cluster ?? "an unknown one").Distinct(StringComparer.Ordinal)];
        return clusters.Length > 1
            ? "there are several clusters: " + string.Join(", ", nodes.Select(node => $"{node} is in that of {node.Cluster}"))
            : Coordinator is null ? "no node holds the coordinator" : null;
    }

    private IEnumerable<ChaosNode> Members(string text) => Address().Matches(text).Select(match => At(match.Groups[1].Value)).OfType<ChaosNode>();

    private ChaosNode? At(string address) => nodes.FirstOrDefault(node => node.Address == address);

    [GeneratedRegex(@"Welcome from \[akka\.\w*\.?tcp://bytemill@([^\]]+)\]")]
    private static partial Regex Welcome();

    [GeneratedRegex(@"Member\(address = akka\.\w*\.?tcp://bytemill@([^,]+),")]
    private static partial Regex Address();

    [GeneratedRegex(@"Leader is removing .*?\[akka\.\w*\.?tcp://bytemill@([^\]]+)\]")]
    private static partial Regex Removed();
}

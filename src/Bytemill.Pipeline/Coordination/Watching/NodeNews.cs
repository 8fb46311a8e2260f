using static System.FormattableString;

namespace Bytemill.Pipeline;

/// <summary>
/// Nodes that come and go, by the workers and shard owners that do, put together into few events: a node has one for each core, and a
/// cluster that starts has hundreds of nodes.
/// </summary>
internal sealed class NodeNews
{
    // A second: those of one node come and go within less.
    internal const int TicksToWait = 5;

    private const int MostNamed = 5;

    private readonly Dictionary<string, int> _parties = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _joined = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _lost = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _left = new(StringComparer.Ordinal);
    private int _ticks;

    /// <param name="party">A worker or an owner of shards, <c>host:port/name</c>.</param>
    public void Join(string party)
    {
        string node = NodeOf(party);
        _parties[node] = _parties.GetValueOrDefault(node) + 1;
        if (_parties[node] == 1)
        {
            _joined.Add(node);
        }
    }

    /// <param name="party">A worker or an owner of shards, <c>host:port/name</c>.</param>
    /// <param name="tasks">Its tasks, which go to others.</param>
    /// <param name="isLeaving">Whether it said so itself.</param>
    public void Lose(string party, int tasks, bool isLeaving)
    {
        string node = NodeOf(party);
        SortedDictionary<string, int> gone = isLeaving ? _left : _lost;
        gone[node] = gone.GetValueOrDefault(node) + tasks;
        if (--_parties[node] == 0)
        {
            _parties.Remove(node);
        }
    }

    /// <summary>Lets a tick of time pass; tells what there is to tell once nothing more is to be waited for.</summary>
    public IReadOnlyList<JobEvent> Tick(long now)
    {
        if (_joined.Count + _lost.Count + _left.Count == 0 || ++_ticks < TicksToWait)
        {
            return [];
        }

        _ticks = 0;
        List<JobEvent> news = [];
        Tell(news, now, EventSeverity.Warning, _lost, "Lost");
        Tell(news, now, EventSeverity.Info, _left, "Left");
        if (_joined.Count > 0)
        {
            news.Add(new JobEvent(0, now, EventSeverity.Info, $"Joined: {Name(_joined)}; {Nodes(_parties.Count)} now", Owner: OwnerOf(_joined)));
            _joined.Clear();
        }

        return news;
    }

    private void Tell(List<JobEvent> news, long now, EventSeverity severity, SortedDictionary<string, int> gone, string what)
    {
        if (gone.Count > 0)
        {
            news.Add(new JobEvent(
                0, now, severity, Invariant($"{what}: {Name(gone.Keys)}; {gone.Values.Sum()} of its tasks go to others, {Nodes(_parties.Count)} now"), Owner: OwnerOf(gone.Keys)));
            gone.Clear();
        }
    }

    private static string Name(ICollection<string> nodes) =>
        string.Join(", ", nodes.Take(MostNamed)) + (nodes.Count > MostNamed ? Invariant($" and {nodes.Count - MostNamed} more") : "");

    private static string OwnerOf(ICollection<string> nodes) => nodes.Count == 1 ? nodes.First() : "";

    private static string Nodes(int count) => count == 1 ? "1 node" : Invariant($"{count} nodes");

    private static string NodeOf(string party) => party[..(party.LastIndexOf('/') is var slash and >= 0 ? slash : party.Length)];
}

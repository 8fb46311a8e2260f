using System.Collections.Immutable;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Bytemill.Pipeline;

/// <summary>
/// Which host owns which shard: rendezvous hashing with bounded loads, so that no host has more than its share, and a host's departure
/// moves few shards but its own. Decides where work happens, never what comes out.
/// </summary>
/// <remarks>Source: V. Mirrokni, M. Thorup, M. Zadimoghaddam, "Consistent Hashing with Bounded Loads", SODA 2018; here with the tightest bound.</remarks>
internal static class ShardPlacement
{
    /// <returns>For each shard the chosen host.</returns>
    public static ImmutableArray<string> Assign(string jobId, ShardKind kind, int shards, IReadOnlyCollection<string> hosts)
    {
        if (hosts.Count == 0)
        {
            throw new ArgumentException("At least one shard host is needed.", nameof(hosts));
        }

        int most = (shards + hosts.Count - 1) / hosts.Count;
        Dictionary<string, int> loads = hosts.ToDictionary(host => host, _ => 0, StringComparer.Ordinal);
        string[] ordered = [.. hosts.Order(StringComparer.Ordinal)];
        var owners = ImmutableArray.CreateBuilder<string>(shards);
        for (int shard = 0; shard < shards; shard++)
        {
            string owner = ordered.Where(host => loads[host] < most).MaxBy(host => Weight(jobId, kind, shard, host))!;
            loads[owner]++;
            owners.Add(owner);
        }

        return owners.MoveToImmutable();
    }

    private static ulong Weight(string jobId, ShardKind kind, int shard, string host) =>
        XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{jobId}/{kind}/{shard}/{host}")));
}

using System.Collections.Immutable;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Bytemill.Pipeline;

/// <summary>
/// Which host owns which shard: rendezvous hashing, so that a host's departure moves only its own shards. Decides where work
/// happens, never what comes out.
/// </summary>
internal static class ShardPlacement
{
    /// <returns>For each shard the chosen host.</returns>
    public static ImmutableArray<string> Assign(string jobId, ShardKind kind, int shards, IReadOnlyCollection<string> hosts)
    {
        if (hosts.Count == 0)
        {
            throw new ArgumentException("At least one shard host is needed.", nameof(hosts));
        }

        string[] ordered = [.. hosts.Order(StringComparer.Ordinal)];
        return [.. Enumerable.Range(0, shards).Select(shard => ordered.MaxBy(host => Weight(jobId, kind, shard, host))!)];
    }

    private static ulong Weight(string jobId, ShardKind kind, int shard, string host) =>
        XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{jobId}/{kind}/{shard}/{host}")));
}

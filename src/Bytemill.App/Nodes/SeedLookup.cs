using System.Net;
using System.Net.Sockets;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>
/// Finds seed nodes by a name in DNS that has an address for each node, as a headless service of Kubernetes or a service of compose
/// has. All nodes must come to the same ordered list, since only the first of it may found a cluster: so addresses are sorted, and
/// waited for until there are as many as were said.
/// </summary>
internal static class SeedLookup
{
    internal const int MaxTries = 120;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <returns>The node with its seeds as a list; as it is, if it has no name to look up.</returns>
    /// <exception cref="JobInputException">The name is not <c>name:port</c>, or too few addresses turned up in time.</exception>
    public static Task<NodeOptions> ApplyAsync(NodeOptions node, CancellationToken cancellation) =>
        ApplyAsync(node, Dns.GetHostAddressesAsync, token => Task.Delay(s_pause, token), cancellation);

    internal static async Task<NodeOptions> ApplyAsync(
        NodeOptions node,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        Func<CancellationToken, Task> pause,
        CancellationToken cancellation)
    {
        if (node.SeedDns is not { } seed)
        {
            return node;
        }

        (string name, string port) = seed.LastIndexOf(':') is var colon and > 0 && NodeKeys.IsPort(seed[(colon + 1)..])
            ? (seed[..colon], seed[(colon + 1)..])
            : throw new JobInputException($"Seeds by DNS are written name:port with a port in [1..65535]; found '{seed}'.");
        string[] found = [];
        for (int i = 0; i < MaxTries; i++)
        {
            found = await AddressesAsync(name, resolve, cancellation).ConfigureAwait(false);
            if (found.Length >= node.SeedDnsNodes)
            {
                return node with { SeedNodes = [.. found.Select(address => $"{address}:{port}")], SeedDns = null };
            }

            await pause(cancellation).ConfigureAwait(false);
        }

        throw new JobInputException(
            Units.Format($"DNS knows {found.Length} addresses of '{name}', and seed-dns-nodes asks for {node.SeedDnsNodes}. Are that many nodes started, and listed before they are ready?"));
    }

    private static async Task<string[]> AddressesAsync(string name, Func<string, CancellationToken, Task<IPAddress[]>> resolve, CancellationToken cancellation)
    {
        try
        {
            IPAddress[] addresses = await resolve(name, cancellation).ConfigureAwait(false);
            return
            [
                .. addresses.Where(address => address.AddressFamily == AddressFamily.InterNetwork)
                    .Distinct()
                    .OrderBy(address => Convert.ToHexString(address.GetAddressBytes()), StringComparer.Ordinal)
                    .Select(address => address.ToString()),
            ];
        }
        catch (SocketException)
        {
            // No such name: nobody is there yet.
            return [];
        }
    }
}

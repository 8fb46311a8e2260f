using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Bytemill.Tests;

/// <summary>What tests need to know of nodes in processes of their own.</summary>
internal static class NodeProcess
{
    public static BytemillProcess Start(string config, string seed, int port, params string[] more) =>
        BytemillProcess.Start(["node", "--config", config, "--port", port.ToString(CultureInfo.InvariantCulture), "--seed", seed, .. more]);

    /// <summary>
    /// An address on this machine for a seed: only a node that finds itself first among the seeds founds a cluster, so its port
    /// must be known before it starts.
    /// </summary>
    public static string FreeAddress() => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePorts(1)[0]}");

    /// <returns>Different ports, ascending.</returns>
    public static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        try
        {
            Array.ForEach(listeners, listener => listener.Start());
            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).Order()];
        }
        finally
        {
            Array.ForEach(listeners, listener => listener.Dispose());
        }
    }

    /// <param name="line">What a node that has joined writes to its output.</param>
    public static string AddressIn(string line)
    {
        using JsonDocument announced = JsonDocument.Parse(line);
        return announced.RootElement.GetProperty("address").GetString()!;
    }

    public static int PortOf(string address) => int.Parse(address.Split(':')[1], CultureInfo.InvariantCulture);
}

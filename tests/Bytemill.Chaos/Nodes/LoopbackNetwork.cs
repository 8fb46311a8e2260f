using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Bytemill.Chaos;

/// <summary>All on 127.0.0.1, on ports that were free; needs no rights, and cannot be split.</summary>
internal sealed class LoopbackNetwork : INodeNetwork
{
    private readonly ImmutableArray<int> _ports;

    public LoopbackNetwork(int nodes)
    {
        // All at once, so that no two are the same.
        var listeners = Enumerable.Range(0, nodes).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        try
        {
            listeners.ForEach(listener => listener.Start());
            _ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }

    public ImmutableArray<string> Options => [];

    public string HostOf(int node) => "127.0.0.1";

    public int PortOf(int node) => node < _ports.Length ? _ports[node] : 0;

    public ImmutableArray<string> CommandPrefix(int node) => [];

    public void Split(IReadOnlySet<int> away) => throw new NotSupportedException("Nodes of one host cannot be cut off from each other.");

    public void Heal()
    {
    }

    public void Dispose()
    {
    }
}

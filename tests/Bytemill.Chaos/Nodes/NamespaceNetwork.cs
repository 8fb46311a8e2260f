using System.Collections.Immutable;
using System.Globalization;

namespace Bytemill.Chaos;

/// <summary>
/// Each node in a network namespace of its own, all plugged into one of two bridges. Moving plugs splits the network without a sign: links
/// stay up, packets vanish. Needs root and iproute2.
/// </summary>
internal sealed class NamespaceNetwork : INodeNetwork
{
    private const int Port = 4051;

    private readonly string _name;
    private readonly int _members;

    /// <param name="nodes">Number of nodes; one more member is the client.</param>
    public NamespaceNetwork(int nodes)
    {
        _name = string.Create(CultureInfo.InvariantCulture, $"bytemill-{Environment.ProcessId}");
        _members = nodes + 1;
        try
        {
            Build();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private string Switch => _name + "-sw";

    /// <summary>Why there can be no such network here; <c>null</c> when there can.</summary>
    public static string? FindObstacle()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "network namespaces need root";
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"bytemill-{Environment.ProcessId}-try");
        string? fault = CommandTool.TryRun("ip", "netns", "add", name)
            ?? CommandTool.TryRun("ip", "-n", name, "link", "add", "br0", "type", "bridge")
            ?? CommandTool.TryRun("ip", "-n", name, "link", "add", "a0", "type", "veth", "peer", "name", "a1")
            ?? CommandTool.TryRun("nsenter", "--net=/run/netns/" + name, "true");
        CommandTool.TryRun("ip", "netns", "del", name);
        return fault is null ? null : "network namespaces cannot be made here: " + fault;
    }

    // Nobody else is plugged in.
    public ImmutableArray<string> Options => ["--insecure"];

    public string HostOf(int node) => string.Create(CultureInfo.InvariantCulture, $"10.9.0.{node + 1}");

    public int PortOf(int node) => node < _members - 1 ? Port : 0;

    public ImmutableArray<string> CommandPrefix(int node) => ["nsenter", "--net=/run/netns/" + NamespaceOf(node)];

    public void Split(IReadOnlySet<int> away)
    {
        foreach (int node in away)
        {
            Plug(node, "brB");
        }
    }

    public void Heal()
    {
        for (int node = 0; node < _members; node++)
        {
            Plug(node, "brA");
        }
    }

    public void Dispose()
    {
        // What was never made cannot be removed, and that is all right.
        for (int node = 0; node < _members; node++)
        {
            CommandTool.TryRun("ip", "netns", "del", NamespaceOf(node));
        }

        CommandTool.TryRun("ip", "netns", "del", Switch);
    }

    private void Build()
    {
        CommandTool.Run("ip", "netns", "add", Switch);
        foreach (string bridge in (string[])["brA", "brB"])
        {
            CommandTool.Run("ip", "-n", Switch, "link", "add", bridge, "type", "bridge");
            CommandTool.Run("ip", "-n", Switch, "link", "set", bridge, "up");
        }

        for (int node = 0; node < _members; node++)
        {
            string own = NamespaceOf(node);
            CommandTool.Run("ip", "netns", "add", own);
            CommandTool.Run("ip", "link", "add", "e0", "netns", own, "type", "veth", "peer", "name", PlugOf(node), "netns", Switch);
            CommandTool.Run("ip", "-n", own, "addr", "add", HostOf(node) + "/24", "dev", "e0");
            CommandTool.Run("ip", "-n", own, "link", "set", "e0", "up");
            CommandTool.Run("ip", "-n", own, "link", "set", "lo", "up");
            Plug(node, "brA");
            CommandTool.Run("ip", "-n", Switch, "link", "set", PlugOf(node), "up");
        }
    }

    private void Plug(int node, string bridge) => CommandTool.Run("ip", "-n", Switch, "link", "set", PlugOf(node), "master", bridge);

    private string NamespaceOf(int node) => string.Create(CultureInfo.InvariantCulture, $"{_name}-{node + 1}");

    private static string PlugOf(int node) => string.Create(CultureInfo.InvariantCulture, $"p{node + 1}");
}

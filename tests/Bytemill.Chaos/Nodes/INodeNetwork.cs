using System.Collections.Immutable;

namespace Bytemill.Chaos;

/// <summary>Where the nodes and the client live.</summary>
internal interface INodeNetwork : IDisposable
{
    /// <summary>Address that a node binds to.</summary>
    /// <param name="node">Index of the node; the number of nodes stands for the client.</param>
    string HostOf(int node);

    /// <summary>Port that a node binds to.</summary>
    int PortOf(int node);

    /// <summary>Options that nodes and client need there.</summary>
    ImmutableArray<string> Options { get; }

    /// <summary>What goes before the command that starts a node there.</summary>
    ImmutableArray<string> CommandPrefix(int node);

    /// <summary>Cuts the nodes of <paramref name="away"/> off from all others; among each other they stay connected.</summary>
    void Split(IReadOnlySet<int> away);

    /// <summary>Connects all with all.</summary>
    void Heal();
}

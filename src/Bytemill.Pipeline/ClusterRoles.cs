using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>Roles of a node in the cluster.</summary>
public static class ClusterRoles
{
    /// <summary>May hold the job coordinator (one of these nodes does).</summary>
    public const string Coordinator = "coordinator";

    /// <summary>Counts, segments and tokenizes partitions.</summary>
    public const string Worker = "worker";

    /// <summary>Owns slices of the key space: merges n-grams, prunes pieces.</summary>
    public const string Shard = "shard";

    /// <summary>Serves the dashboard and the HTTP interface where <see cref="HttpOptions.IsOn"/>.</summary>
    public const string Web = "web";

    /// <summary>Only submits and watches.</summary>
    public const string Client = "client";

    /// <summary>
    /// Counts when the nodes that still hear one another decide who goes on. Every node has it that does not only submit: a client
    /// that leaves would else take the majority with it.
    /// </summary>
    public const string Voter = "voter";

    /// <summary>All roles of a node; the default.</summary>
    public static ImmutableArray<string> All { get; } = [Coordinator, Worker, Shard, Web];

    /// <summary>The roles under which a node of the given roles joins.</summary>
    internal static string[] InCluster(ImmutableArray<string> roles) => roles.Contains(Client) ? [.. roles] : [.. roles, Voter];
}

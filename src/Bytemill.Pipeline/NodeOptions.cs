using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>What one process offers to a cluster. Nothing in here may change a result.</summary>
public sealed record NodeOptions
{
    /// <summary>Smallest <see cref="WorkCopyBytes"/>.</summary>
    public const long LeastWorkCopyBytes = 64L << 20;

    /// <summary>Roles of the node; see <see cref="ClusterRoles"/>.</summary>
    public ImmutableArray<string> Roles { get; init; } = ClusterRoles.All;

    /// <summary>Worker actors, each running one task at a time. Default: one for each processor.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Threads for all computing of the node, workers' and shards' alike. Default: as many as <see cref="Workers"/>.</summary>
    public int? Threads { get; init; }

    /// <summary>
    /// Jobs that run at the same time, the same on every node: each gets an equal part of the memory; further ones wait. Default: 1.
    /// </summary>
    public int MaxJobs { get; init; } = 1;

    /// <summary>
    /// Bytes that the process may take beside <see cref="MemoryPlan.RuntimeBytes"/>; what does not fit is spilled to disk.
    /// Default: half of what the machine or the container has.
    /// </summary>
    public long? MemoryBytes { get; init; }

    /// <summary>
    /// Directory for the temporary files of this node's tasks, and for copies of work files that are in an object store; <c>null</c> puts the first beside the
    /// job's work files, and the second below the user's local data.
    /// </summary>
    public string? SpillDirectory { get; init; }

    /// <summary>
    /// Bytes that copies of work files in an object store may take on the disk of <see cref="SpillDirectory"/>, for all jobs together; what is in use at a time may be more. Default: half of what is free.
    /// </summary>
    public long? WorkCopyBytes { get; init; }

    /// <summary>Address that remoting binds to; loopback unless told otherwise.</summary>
    public string Hostname { get; init; } = "127.0.0.1";

    /// <summary>Port that remoting binds to; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Nodes to join, <c>host:port</c>, the same ordered list on every node; empty starts a cluster of one.</summary>
    public ImmutableArray<string> SeedNodes { get; init; } = [];

    /// <summary>
    /// Instead of <see cref="SeedNodes"/>: <c>name:port</c>, where DNS knows an address of each node under the name; <c>null</c> for none.
    /// </summary>
    public string? SeedDns { get; init; }

    /// <summary>Addresses to wait for under <see cref="SeedDns"/>. Default: 1.</summary>
    public int SeedDnsNodes { get; init; } = 1;

    /// <summary>
    /// Directory for leases, where all nodes are on one machine: who goes on when the cluster falls apart and who holds the coordinator
    /// is settled by locks of files in it. <c>null</c>: by the database of <see cref="Journal"/>, or, in memory, by majority alone.
    /// </summary>
    public string? LeaseDirectory { get; init; }

    /// <summary>Encryption of remoting and the check of who may join; <c>null</c> for neither.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Whether the node may listen beyond loopback without <see cref="Tls"/>: the network is closed to strangers.</summary>
    public bool Insecure { get; init; }

    /// <summary>The coordinator's journal, where the node may hold the coordinator: then the same for all that may. Default: in memory.</summary>
    public JournalLocation Journal { get; init; } = new JournalLocation.InMemory();

    /// <summary>Dashboard and HTTP interface, on a node with the role <see cref="ClusterRoles.Web"/>.</summary>
    public HttpOptions Http { get; init; } = new();

    /// <summary>
    /// Directories that the paths of jobs that come by HTTP must lie in, absolute; empty for anywhere that the node may read and write.
    /// </summary>
    public ImmutableArray<string> DataRoots { get; init; } = [];

    /// <summary>Whether the node serves the dashboard and the HTTP interface.</summary>
    public bool ServesHttp => Http.IsOn && Roles.Contains(ClusterRoles.Web);

    /// <summary>
    /// Base address of a collector that takes OTLP over HTTP, as <c>http://collector:4318</c>: metrics go there and a trace for each job; <c>null</c> for none.
    /// </summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>How the log is written. Default: a line of text for each entry.</summary>
    public LogFormat LogFormat { get; init; }

    /// <summary>HOCON file that goes before the embedded <c>base.conf</c>; <c>null</c> for none.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Whether the node founds a cluster of one that nobody else is to join.</summary>
    internal bool IsAlone => SeedNodes.IsEmpty && SeedDns is null;
}

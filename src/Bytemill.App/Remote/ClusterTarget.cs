using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>The cluster that a command asks, and how.</summary>
/// <param name="Address">A web node, <c>http://host:port</c>; <c>null</c> where the command joins the cluster instead.</param>
/// <param name="Token">The token of that node.</param>
/// <param name="Node">The node that joins; <c>null</c> where HTTP is used.</param>
internal sealed record ClusterTarget(Uri? Address, string? Token, NodeOptions? Node)
{
    public const string ClusterHelp = "The cluster: a node that serves HTTP, http://HOST:PORT, or any node, HOST:PORT, which is joined as a client. Default: the seed nodes of --config or BYTEMILL_SEED_NODES, else the context chosen by 'bytemill context use'.";
    public const string TokenHelp = "File with the token of a cluster at http://…; also BYTEMILL_HTTP_TOKEN.";

    /// <param name="cluster">What <c>--cluster</c> says.</param>
    /// <param name="contextName">What <c>--context</c> says.</param>
    /// <param name="tokenFile">What <c>--token-file</c> says.</param>
    /// <param name="hostname">What <c>--hostname</c> says.</param>
    /// <param name="node">The node by file, environment and options.</param>
    /// <param name="read">Reads a variable of the environment.</param>
    /// <exception cref="JobInputException">There is none, or it cannot be read.</exception>
    public static ClusterTarget Choose(string? cluster, string? contextName, string? tokenFile, string? hostname, NodeOptions node, Func<string, string?> read)
    {
        if (cluster is not null && contextName is not null)
        {
            throw new JobInputException("--cluster and --context exclude each other. Give one of them.");
        }

        string? savedToken = null;
        if (cluster is null && (contextName is not null || (node.SeedNodes.IsEmpty && node.SeedDns is null)))
        {
            var contexts = ClusterContexts.Load(read);
            ClusterContext? context = contextName is null ? contexts.Current : contexts.Find(contextName);
            cluster = context?.Cluster;
            savedToken = context is null ? null : contexts.TokenOf(context);
        }

        string? token = tokenFile is not null ? NodeKeys.ReadToken(tokenFile, "--token-file") : savedToken ?? node.Http.Token;
        if (cluster is not null && IsHttp(cluster))
        {
            return new ClusterTarget(ReadAddress(cluster), token, null);
        }

        node = cluster is null ? node : node with { SeedNodes = [cluster], SeedDns = null };
        return node.SeedNodes.IsEmpty && node.SeedDns is null
            ? throw new JobInputException("No cluster. Say which with --cluster http://HOST:PORT or HOST:PORT, give one a name with 'bytemill context add', or name its seed nodes by --config FILE.")
            : new ClusterTarget(null, null, node with { Roles = [ClusterRoles.Client], Hostname = hostname ?? node.Hostname, Port = 0, Workers = 1 });
    }

    /// <summary>Whether a cluster is reached by HTTP.</summary>
    public static bool IsHttp(string cluster) =>
        cluster.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || cluster.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the address of a web node.</summary>
    /// <exception cref="JobInputException">It is none.</exception>
    public static Uri ReadAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.AbsolutePath == "/" && address.Query.Length == 0
            ? address
            : throw new JobInputException($"A cluster is written http://HOST:PORT or HOST:PORT; found '{text}'.");

    /// <summary>Reaches the cluster.</summary>
    public async Task<IClusterClient> ConnectAsync(CancellationToken cancellation) =>
        Address is not null ? new HttpClusterClient(Address, Token) : await RemotingClusterClient.JoinAsync(Node!, cancellation).ConfigureAwait(false);
}

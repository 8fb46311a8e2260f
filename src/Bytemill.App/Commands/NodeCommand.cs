using System.ComponentModel;
using System.Text.Json;
using Akka.Actor;
using Bytemill.Pipeline;
using Bytemill.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>node</c>.</summary>
internal sealed class NodeSettings : ClusterSettings
{
    [CommandOption("--hostname <HOST>")]
    [Description("Address to bind to, under which the other nodes reach this one. Default: 127.0.0.1")]
    public string? Hostname { get; init; }

    [CommandOption("--port <PORT>")]
    [Description("Port to bind to; 0 takes a free one.")]
    public int? Port { get; init; }

    [CommandOption("--seed <HOST:PORT>")]
    [Description("Node to join; may be given several times, in the same order on every node.")]
    public string[] Seeds { get; init; } = [];

    [CommandOption("--seed-dns <NAME:PORT>")]
    [Description("Instead of --seed: nodes to join are all at whose addresses DNS knows the name. Only the first of them, sorted, founds a cluster.")]
    public string? SeedDns { get; init; }

    [CommandOption("--seed-dns-nodes <N>")]
    [Description("Addresses to wait for under --seed-dns: the number of nodes at the first start. Default: 1")]
    public int? SeedDnsNodes { get; init; }

    [CommandOption("--roles <ROLES>")]
    [Description("coordinator, worker, shard, web, joined by commas. Default: all")]
    public string? Roles { get; init; }

    [CommandOption("--workers <N>")]
    [Description("Tasks at the same time; 0: one for each core.")]
    public int? Workers { get; init; }

    [CommandOption("--max-jobs <N>")]
    [Description("Jobs that run at the same time, the same on every node; each gets an equal part of the memory, others wait. Default: 1")]
    public int? MaxJobs { get; init; }

    [CommandOption("--memory <SIZE>")]
    [Description("Memory of this process, as 512MB or 2GiB, beside about 150 MB of the runtime. Default: half of the machine's or container's. At least 128MiB.")]
    public ByteSize? Memory { get; init; }

    [CommandOption("--spill-dir <DIR>")]
    [Description("Directory for this node's temporary files and copies of work files that are in an object store, best on a disk of its own. Default: beside the work files of the job; of those in an object store ~/.local/share/bytemill/scratch.")]
    public string? SpillDirectory { get; init; }

    [CommandOption("--work-copies <SIZE>")]
    [Description("Room on the disk of --spill-dir that copies of work files in an object store may take, as 50GB; those used last stay. Default: half of what is free.")]
    public ByteSize? WorkCopies { get; init; }

    [CommandOption("--journal <WHERE>")]
    [Description("Journal of the coordinator, the same for all nodes that may hold it: a file on this machine, or a PostgreSQL database ('Host=db;Database=bytemill;Username=…', or postgresql://…). Also BYTEMILL_JOURNAL. Default: in memory, and jobs are lost with the coordinator.")]
    public string? Journal { get; init; }

    [CommandOption("--lease-dir <DIR>")]
    [Description("Where all nodes are on this machine and there is no journal: directory whose file locks settle who goes on when a node dies, also of two. With a journal that is settled there.")]
    public string? LeaseDirectory { get; init; }

    [CommandOption("--http [ADDRESS]")]
    [Description("Serve the dashboard and the HTTP interface (docs/api.md) at HOST:PORT or PORT; without a value at 127.0.0.1:4080; 0 takes a free port. Needs the role web. Default: off.")]
    public FlagValue<string> Http { get; init; } = new();

    [CommandOption("--http-token-file <FILE>")]
    [Description("File with the token that callers of --http must give; needed beyond loopback. Also BYTEMILL_HTTP_TOKEN.")]
    public string? HttpTokenFile { get; init; }

    [CommandOption("--data-root <DIR>")]
    [Description("Directory that the paths of jobs that come by HTTP must lie in; may be given several times. Default: anywhere.")]
    public string[] DataRoots { get; init; } = [];

    [CommandOption("--otlp-endpoint <URL>")]
    [Description("Collector that metrics and a trace for each job are sent to, by OTLP over HTTP, as http://collector:4318. Default: none.")]
    public string? OtlpEndpoint { get; init; }

    [CommandOption("--log-format <FORMAT>")]
    [Description("line: a line of text for each entry of the log; json: an object of JSON, with the values apart. Default: line")]
    public string? LogFormat { get; init; }

    /// <summary>The node that these options ask for.</summary>
    public NodeOptions ToNode() => ToNode(Environment.GetEnvironmentVariable);

    /// <param name="readVariable">Reads a variable of the environment.</param>
    internal NodeOptions ToNode(Func<string, string?> readVariable)
    {
        if (Seeds.Length > 0 && SeedDns is not null)
        {
            throw new JobInputException("--seed and --seed-dns exclude each other. Give one of them.");
        }

        NodeOptions node = ReadNode(readVariable);
        node = Seeds.Length > 0 ? node with { SeedNodes = [.. Seeds], SeedDns = null }
            : SeedDns is not null ? node with { SeedDns = SeedDns, SeedNodes = [] }
            : node;
        HttpOptions http = Http.IsSet ? HttpOptions.Parse(node.Http, Http.Value is { Length: > 0 } address ? address : "on", "--http") : node.Http;
        node = node with
        {
            Hostname = Hostname ?? node.Hostname,
            Port = Port is { } port ? NodeKeys.CheckPort(port, "--port") : node.Port,
            SeedDnsNodes = SeedDnsNodes is { } count ? NodeKeys.CheckSeedDnsNodes(count, "--seed-dns-nodes") : node.SeedDnsNodes,
            Roles = Roles is { } roles ? NodeKeys.CheckRoles(roles.Split(',', StringSplitOptions.TrimEntries)) : node.Roles,
            Workers = Workers is { } workers ? NodeKeys.CheckWorkers(workers) : node.Workers,
            MaxJobs = MaxJobs is { } jobs ? NodeKeys.CheckMaxJobs(jobs, "--max-jobs") : node.MaxJobs,
            MemoryBytes = MemoryOption.Check(Memory) ?? node.MemoryBytes,
            SpillDirectory = SpillDirectory is { } spill ? NodeKeys.CheckSpillDirectory(spill, "--spill-dir") : node.SpillDirectory,
            WorkCopyBytes = WorkCopies is { } copies ? NodeKeys.CheckWorkCopies(copies, "--work-copies") : node.WorkCopyBytes,
            LeaseDirectory = LeaseDirectory is { } leases ? NodeKeys.CheckLeaseDirectory(leases, "--lease-dir") : node.LeaseDirectory,
            OtlpEndpoint = OtlpEndpoint is { } endpoint ? NodeKeys.CheckOtlpEndpoint(endpoint, "--otlp-endpoint") : node.OtlpEndpoint,
            LogFormat = LogFormat is { } format ? NodeKeys.CheckLogFormat(format, "--log-format") : node.LogFormat,
            Journal = Journal is { } journal ? NodeKeys.CheckJournal(journal, "--journal") : node.Journal,
            Http = HttpTokenFile is { } file ? http with { Token = NodeKeys.ReadToken(file, "--http-token-file") } : http,
            DataRoots = DataRoots.Length > 0 ? NodeKeys.CheckDataRoots(DataRoots, "--data-root") : node.DataRoots,
        };
        return Http.IsSet && !node.Roles.Contains(ClusterRoles.Web)
            ? throw new JobInputException("--http is for nodes with the role web; add it to --roles.")
            : node;
    }
}

/// <summary>Runs a node until it is told to stop.</summary>
internal sealed class NodeCommand : AsyncCommand<NodeSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, NodeSettings settings, CancellationToken cancellationToken)
    {
        NodeOptions node = settings.ToNode();
        MemoryOption.CheckParts(node);
        ProcessMemory.Limit(node);
        using var interruption = new Interruption();
        using IHost host = await NodeHost.StartAsync(node, NodeLogging.Verbose).ConfigureAwait(false);
        if (node.Journal is JournalLocation.InMemory && node.Roles.Contains(ClusterRoles.Coordinator))
        {
            ErrorConsole.WriteWarning("No journal is set: jobs will be lost when the coordinator ends. Set the same one on all nodes with --journal, a file or a PostgreSQL database.");
        }

        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
        Akka.Cluster.Cluster.Get(system).RegisterOnMemberUp(() => Announce(system, node, host));
        await Task.WhenAny(interruption.Task, system.WhenTerminated).ConfigureAwait(false);

        bool endedByItself = !interruption.Token.IsCancellationRequested;
        await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        if (endedByItself)
        {
            ErrorConsole.WriteError(DescribeEnd(CoordinatedShutdown.Get(system).ShutdownReason));
        }

        return endedByItself ? ExitCodes.RunFailed : ExitCodes.Done;
    }

    // The last one has no public type.
    private static string DescribeEnd(CoordinatedShutdown.Reason? reason) => reason switch
    {
        CoordinatorGaveUp gaveUp => gaveUp.Message,
        LeftBehind behind => behind.Message,
        CoordinatedShutdown.ClusterDowningReason =>
            "The cluster has put this node out: it was not reachable, or was on the smaller side of a split. Start it anew.",
        { } other when other.GetType().Name.StartsWith("Tls", StringComparison.Ordinal) =>
            "A node at an address that this one was given, or was told of by the cluster, was refused for its certificate, or refused this one's; the log says which and why. "
            + "All nodes need valid certificates of one authority.",
        _ => $"The node ended by itself: {reason?.GetType().Name ?? "its actor system was terminated"}. Start it anew.",
    };

    // One line of JSON, for scripts that start several nodes and must know the port that was taken.
    private static void Announce(ActorSystem system, NodeOptions node, IHost host)
    {
        Address address = Akka.Cluster.Cluster.Get(system).SelfAddress;
        string ownAddress = Units.Format($"{address.Host}:{address.Port}");
        Console.Out.WriteLine(node.ServesHttp
            ? JsonSerializer.Serialize(new { node = "up", address = ownAddress, roles = node.Roles, http = host.FindHttpAddress() })
            : JsonSerializer.Serialize(new { node = "up", address = ownAddress, roles = node.Roles }));
        Console.Out.Flush();
    }
}

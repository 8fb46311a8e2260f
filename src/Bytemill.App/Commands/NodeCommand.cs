using System.ComponentModel;
using System.Text.Json;
using Akka.Actor;
using Bytemill.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>node</c>.</summary>
internal sealed class NodeSettings : CommandSettings
{
    [CommandOption("--config <FILE>")]
    [Description("HOCON file, as those in cluster-config/. The options below go before it.")]
    public string? Config { get; init; }

    [CommandOption("--hostname <HOST>")]
    [Description("Address to bind to, under which the other nodes reach this one. Default: 127.0.0.1")]
    public string? Hostname { get; init; }

    [CommandOption("--port <PORT>")]
    [Description("Port to bind to; 0 takes a free one.")]
    public int? Port { get; init; }

    [CommandOption("--seed <HOST:PORT>")]
    [Description("Node to join; may be given several times, in the same order on every node.")]
    public string[] Seeds { get; init; } = [];

    [CommandOption("--roles <ROLES>")]
    [Description("coordinator, worker, shard, joined by commas. Default: all")]
    public string? Roles { get; init; }

    [CommandOption("--workers <N>")]
    [Description("Tasks at the same time; 0: one for each core.")]
    public int? Workers { get; init; }

    [CommandOption("--memory <SIZE>")]
    [Description("Memory of this process, as 512MB or 2GiB, beside about 150 MB of the runtime. Default: half of the machine's or container's. At least 128MiB.")]
    public ByteSize? Memory { get; init; }

    [CommandOption("--spill-dir <DIR>")]
    [Description("Directory for this node's temporary files, best on a disk of its own. Default: beside the work files of the job.")]
    public string? SpillDirectory { get; init; }

    [CommandOption("--journal <WHERE>")]
    [Description("Journal of the coordinator, the same for all nodes that may hold it: a file on this machine, or a PostgreSQL database ('Host=db;Database=bytemill;Username=…', or postgresql://…). Also BYTEMILL_JOURNAL. Default: in memory, and jobs are lost with the coordinator.")]
    public string? Journal { get; init; }
}

/// <summary>Runs a node until it is told to stop.</summary>
internal sealed class NodeCommand : AsyncCommand<NodeSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, NodeSettings settings, CancellationToken cancellationToken)
    {
        NodeOptions node = NodeConfigFile.Read(settings.Config);
        node = node with
        {
            Hostname = settings.Hostname ?? node.Hostname,
            Port = settings.Port is { } port ? NodeConfigFile.CheckPort(port, "--port") : node.Port,
            SeedNodes = settings.Seeds.Length > 0 ? [.. settings.Seeds] : node.SeedNodes,
            Roles = settings.Roles is { } roles ? NodeConfigFile.CheckRoles(roles.Split(',', StringSplitOptions.TrimEntries)) : node.Roles,
            Workers = NodeConfigFile.CheckWorkers(settings.Workers) ?? node.Workers,
            MemoryBytes = MemoryOption.Check(settings.Memory) ?? node.MemoryBytes,
            SpillDirectory = settings.SpillDirectory is { } spill ? NodeConfigFile.CheckSpillDirectory(spill, "--spill-dir") : node.SpillDirectory,
            Journal = JournalOption.Read(settings.Journal, node.Journal),
        };
        if (node.Journal is JournalLocation.InMemory && node.Roles.Contains(ClusterRoles.Coordinator))
        {
            ErrorConsole.WriteWarning("No journal is set: jobs will be lost when the coordinator ends. Set the same one on all nodes with --journal, a file or a PostgreSQL database.");
        }

        ProcessMemory.Limit(node);
        using var interruption = new Interruption();
        using IHost host = await NodeHost.StartAsync(node, NodeLogging.Verbose).ConfigureAwait(false);
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
        Akka.Cluster.Cluster.Get(system).RegisterOnMemberUp(() => Announce(system, node));
        await Task.WhenAny(interruption.Task, system.WhenTerminated).ConfigureAwait(false);

        // A node that its cluster has put out ends its actor system by itself.
        bool wasPutOut = !interruption.Token.IsCancellationRequested;
        await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        if (wasPutOut)
        {
            ErrorConsole.WriteError(CoordinatorGaveUp.ReasonOf(system)
                ?? "The cluster has put this node out: it was not reachable, or was on the smaller side of a split. Start it anew.");
        }

        return wasPutOut ? ExitCodes.RunFailed : ExitCodes.Done;
    }

    // One line of JSON, for scripts that start several nodes and must know the port that was taken.
    private static void Announce(ActorSystem system, NodeOptions node)
    {
        Address address = Akka.Cluster.Cluster.Get(system).SelfAddress;
        Console.Out.WriteLine(JsonSerializer.Serialize(new { node = "up", address = Units.Format($"{address.Host}:{address.Port}"), roles = node.Roles }));
        Console.Out.Flush();
    }
}

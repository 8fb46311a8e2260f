using System.ComponentModel;
using Bytemill.Pipeline;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of the commands that ask a cluster about its jobs.</summary>
internal class JobsSettings : ClusterSettings
{
    [CommandOption("--cluster <HOST:PORT>")]
    [Description("A node of the cluster. Default: the seed nodes of --config or BYTEMILL_SEED_NODES.")]
    public string? Cluster { get; init; }

    [CommandOption("--hostname <HOST>")]
    [Description("Address under which the cluster's nodes reach this process. Default: 127.0.0.1")]
    public string? Hostname { get; init; }

    [CommandOption("--json")]
    [Description("Write the answer as JSON.")]
    public bool Json { get; init; }

    /// <summary>The node that asks.</summary>
    public NodeOptions ToNode()
    {
        NodeOptions node = ReadNode(Environment.GetEnvironmentVariable);
        node = Cluster is { } seed ? node with { SeedNodes = [seed], SeedDns = null } : node;
        return node.SeedNodes.IsEmpty && node.SeedDns is null
            ? throw new JobInputException("No cluster. Say which with --cluster HOST:PORT, or by the seed nodes of --config FILE.")
            : node with { Roles = [ClusterRoles.Client], Hostname = Hostname ?? node.Hostname, Port = 0, Workers = 1 };
    }
}

/// <summary>Options of the commands that are about one job.</summary>
internal class OneJobSettings : JobsSettings
{
    [CommandArgument(0, "<JOB>")]
    [Description("Id of the job, or its first characters as far as no other begins with them; see 'bytemill jobs'.")]
    public string Job { get; init; } = "";
}

/// <summary>Options of <c>priority</c>.</summary>
internal sealed class PrioritySettings : OneJobSettings
{
    [CommandArgument(1, "<N>")]
    [Description("Of the jobs that wait, those with a higher number go first.")]
    public int Priority { get; init; }
}

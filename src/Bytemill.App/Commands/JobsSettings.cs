using System.ComponentModel;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of the commands that ask a cluster about its jobs.</summary>
internal class JobsSettings : ClusterSettings
{
    [CommandOption("--cluster <ADDRESS>")]
    [Description(ClusterTarget.ClusterHelp)]
    public string? Cluster { get; init; }

    [CommandOption("--context <NAME>")]
    [Description("The cluster of that name; see 'bytemill context'. Default: the one chosen by 'bytemill context use'.")]
    public string? Context { get; init; }

    [CommandOption("--token-file <FILE>")]
    [Description(ClusterTarget.TokenHelp)]
    public string? TokenFile { get; init; }

    [CommandOption("--hostname <HOST>")]
    [Description("With a HOST:PORT: address under which the cluster's nodes reach this process. Default: 127.0.0.1")]
    public string? Hostname { get; init; }

    [CommandOption("--json")]
    [Description("Write the answer as JSON.")]
    public bool Json { get; init; }

    /// <summary>The cluster that is asked.</summary>
    public ClusterTarget ToTarget() => ClusterTarget.Choose(Cluster, Context, TokenFile, Hostname, ReadNode(Environment.GetEnvironmentVariable), Environment.GetEnvironmentVariable);
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

/// <summary>Options of <c>logs</c>.</summary>
internal sealed class LogsSettings : OneJobSettings
{
    [CommandOption("-f|--follow")]
    [Description("Go on until the job is over.")]
    public bool Follow { get; init; }
}

/// <summary>Options of <c>fetch</c>.</summary>
internal sealed class FetchSettings : OneJobSettings
{
    [CommandArgument(1, "[DIR]")]
    [Description("Directory for the files, made if it is not there. Default: the current one.")]
    public string Directory { get; init; } = ".";

    [CommandOption("--size <N>")]
    [Description("Of several vocabulary sizes only this one.")]
    public int? Size { get; init; }

    [CommandOption("--overwrite")]
    [Description("Replace files that are there.")]
    public bool Overwrite { get; init; }
}

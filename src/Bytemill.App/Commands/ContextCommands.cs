using System.ComponentModel;
using System.Text.Json;
using Bytemill.Pipeline;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>context add</c>.</summary>
internal sealed class ContextAddSettings : CommandSettings
{
    [CommandArgument(0, "<NAME>")]
    [Description("Name of the cluster, of your choice.")]
    public string Name { get; init; } = "";

    [CommandArgument(1, "<CLUSTER>")]
    [Description("Where it is: http://HOST:PORT or HOST:PORT.")]
    public string Cluster { get; init; } = "";

    [CommandOption("--token-file <FILE>")]
    [Description("File with its token, which is copied into a file that only you can read.")]
    public string? TokenFile { get; init; }
}

/// <summary>Options of the commands about one context.</summary>
internal sealed class ContextNameSettings : CommandSettings
{
    [CommandArgument(0, "<NAME>")]
    [Description("Name of the cluster; see 'bytemill context list'.")]
    public string Name { get; init; } = "";
}

/// <summary>Options of <c>context list</c>.</summary>
internal sealed class ContextListSettings : CommandSettings
{
    [CommandOption("--json")]
    [Description("Write the answer as JSON.")]
    public bool Json { get; init; }
}

/// <summary>Gives a cluster a name.</summary>
internal sealed class ContextAddCommand : Command<ContextAddSettings>
{
    public override int Execute(CommandContext context, ContextAddSettings settings, CancellationToken cancellationToken)
    {
        if (ClusterTarget.IsHttp(settings.Cluster))
        {
            ClusterTarget.ReadAddress(settings.Cluster);
        }
        else if (settings.Cluster.LastIndexOf(':') is var colon && (colon < 1 || !NodeKeys.IsPort(settings.Cluster[(colon + 1)..])))
        {
            throw new JobInputException($"A cluster is written http://HOST:PORT or HOST:PORT; found '{settings.Cluster}'.");
        }

        ClusterContexts.Load(Environment.GetEnvironmentVariable).Add(
            new ClusterContext(settings.Name, settings.Cluster), settings.TokenFile is { } file ? NodeKeys.ReadToken(file, "--token-file") : null);
        return ExitCodes.Done;
    }
}

/// <summary>Chooses the cluster that commands ask.</summary>
internal sealed class ContextUseCommand : Command<ContextNameSettings>
{
    public override int Execute(CommandContext context, ContextNameSettings settings, CancellationToken cancellationToken)
    {
        ClusterContexts.Load(Environment.GetEnvironmentVariable).Use(settings.Name);
        return ExitCodes.Done;
    }
}

/// <summary>Forgets a cluster and its token.</summary>
internal sealed class ContextRemoveCommand : Command<ContextNameSettings>
{
    public override int Execute(CommandContext context, ContextNameSettings settings, CancellationToken cancellationToken)
    {
        ClusterContexts.Load(Environment.GetEnvironmentVariable).Remove(settings.Name);
        return ExitCodes.Done;
    }
}

/// <summary>Lists the clusters that have names.</summary>
internal sealed class ContextListCommand : Command<ContextListSettings>
{
    public override int Execute(CommandContext context, ContextListSettings settings, CancellationToken cancellationToken)
    {
        var contexts = ClusterContexts.Load(Environment.GetEnvironmentVariable);
        if (settings.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(contexts.All.Select(each => new
            {
                name = each.Name,
                cluster = each.Cluster,
                has_token = contexts.TokenOf(each) is not null,
                is_current = each == contexts.Current,
            })));
            return ExitCodes.Done;
        }

        if (contexts.All.IsEmpty)
        {
            Console.Out.WriteLine("no contexts");
            return ExitCodes.Done;
        }

        Table table = new Table().Border(TableBorder.Simple).AddColumns("", "name", "cluster", "token");
        foreach (ClusterContext each in contexts.All)
        {
            table.AddRow(each == contexts.Current ? "*" : "", Markup.Escape(each.Name), Markup.Escape(each.Cluster), contexts.TokenOf(each) is null ? "" : "yes");
        }

        AnsiConsole.Write(table);
        return ExitCodes.Done;
    }
}

using Bytemill.Pipeline;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Runs one job to its end: checks it, starts an embedded cluster of one or joins the given one, shows progress.</summary>
internal abstract class JobCommand<TSettings> : AsyncCommand<TSettings>
    where TSettings : JobSettings
{
    public override async Task<int> ExecuteAsync(CommandContext context, TSettings settings, CancellationToken cancellationToken)
    {
        JobSpec spec = settings.ToSpec();
        JobPreflight.Check(spec, cancellationToken);
        using var interruption = new Interruption();
        using IJobDisplay display = JobDisplay.Create();
        NodeOptions node = settings.ToNode();
        ProcessMemory.Limit(node);
        return await JobRunner.RunAsync(spec, node, settings.Verbose, display, interruption.Token).ConfigureAwait(false);
    }
}

/// <summary>Train and tokenize.</summary>
internal sealed class RunCommand : JobCommand<RunSettings>;

/// <summary>Train only.</summary>
internal sealed class TrainCommand : JobCommand<TrainSettings>;

/// <summary>Tokenize only.</summary>
internal sealed class TokenizeCommand : JobCommand<TokenizeSettings>;

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
        NodeOptions node = settings.ToNode();
        if (settings.Cluster is not null)
        {
            JobPreflight.Check(spec, cancellation: cancellationToken);
            return await RunAsync(new JobRunner.Request(Guid.NewGuid().ToString("N"), spec, node, settings.Verbose, Resume: null) { Priority = settings.Priority }).ConfigureAwait(false);
        }

        using LocalRun run = Open(spec, settings.Resume, cancellationToken);
        string resume = ResumeHint.CommandFor(context.Name, context.Arguments);
        var request = new JobRunner.Request(run.JobId, run.Spec, node with { Journal = run.Journal }, settings.Verbose, resume);
        int exitCode = await RunAsync(request).ConfigureAwait(false);
        if (request.IsOver)
        {
            run.Complete();
        }

        return exitCode;
    }

    private static async Task<int> RunAsync(JobRunner.Request request)
    {
        using var interruption = new Interruption();
        using IJobDisplay display = JobDisplay.Create();
        ProcessMemory.Limit(request.Node);
        return await JobRunner.RunAsync(request, display, interruption.Token).ConfigureAwait(false);
    }

    private static LocalRun Open(JobSpec spec, bool resume, CancellationToken cancellation)
    {
        if (!resume || !LocalRun.IsAt(spec.OutputDirectory))
        {
            JobPreflight.Check(spec, cancellation: cancellation);
            return LocalRun.Begin(spec);
        }

        LocalRun run = LocalRun.Resume(spec);
        foreach (JobSpecDifference difference in JobSpecDifference.Find(run.Spec, spec))
        {
            ErrorConsole.WriteWarning($"{difference.Option} {difference.Given} is not taken: the unfinished job keeps {difference.Begun}, with which it was begun.");
        }

        return run;
    }
}

/// <summary>Train and tokenize.</summary>
internal sealed class RunCommand : JobCommand<RunSettings>;

/// <summary>Train only.</summary>
internal sealed class TrainCommand : JobCommand<TrainSettings>;

/// <summary>Tokenize only.</summary>
internal sealed class TokenizeCommand : JobCommand<TokenizeSettings>;

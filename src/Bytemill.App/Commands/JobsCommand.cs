using Akka.Actor;
using Akka.Hosting;
using Bytemill.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Spectre.Console.Cli;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.App;

/// <summary>Joins a cluster as a client, asks its coordinator, and shows the answer.</summary>
internal abstract class ClusterQuestion<TSettings> : AsyncCommand<TSettings>
    where TSettings : JobsSettings
{
    protected static TimeSpan AnswerTimeout { get; } = TimeSpan.FromSeconds(30);

    public override async Task<int> ExecuteAsync(CommandContext context, TSettings settings, CancellationToken cancellationToken)
    {
        NodeOptions node = settings.ToNode();
        using var interruption = new Interruption();
        using IHost host = await NodeHost.StartAsync(node, NodeLogging.WarningsOnly).ConfigureAwait(false);
        try
        {
            ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
            await NodeHost.JoinedAsync(system, node, AnswerTimeout, interruption.Token).ConfigureAwait(false);
            IActorRef coordinator = await host.Services.GetRequiredService<ActorRegistry>().GetAsync<JobCoordinatorKey>(interruption.Token).ConfigureAwait(false);
            return await AskAsync(new JobClient(system, coordinator), settings, interruption.Token).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            ErrorConsole.WriteError(e.Message);
            return ExitCodes.RunFailed;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    protected abstract Task<int> AskAsync(JobClient client, TSettings settings, CancellationToken cancellation);
}

/// <summary>Lists jobs.</summary>
internal sealed class JobsCommand : ClusterQuestion<JobsSettings>
{
    protected override async Task<int> AskAsync(JobClient client, JobsSettings settings, CancellationToken cancellation)
    {
        JobTable.Write(await client.AskAsync<JobsListed>(ListJobs.Instance, AnswerTimeout, cancellation).ConfigureAwait(false), settings.Json);
        return ExitCodes.Done;
    }
}

/// <summary>Asks about one job, or for something to be done with it.</summary>
internal abstract class OneJobQuestion<TSettings> : ClusterQuestion<TSettings>
    where TSettings : OneJobSettings
{
    protected override async Task<int> AskAsync(JobClient client, TSettings settings, CancellationToken cancellation)
    {
        string jobId = await FindAsync(client, settings.Job, cancellation).ConfigureAwait(false);
        JobReported report = await AskAsync(client, jobId, settings, cancellation).ConfigureAwait(false);
        if (report.Job is null)
        {
            throw Unknown(settings.Job);
        }

        JobTable.Write(report, settings.Json);
        if (report.Refusal.Length > 0)
        {
            ErrorConsole.WriteError($"Not done: {report.Refusal}.");
            return ExitCodes.RunFailed;
        }

        return ExitCodes.Done;
    }

    protected abstract Task<JobReported> AskAsync(JobClient client, string jobId, TSettings settings, CancellationToken cancellation);

    private static async Task<string> FindAsync(JobClient client, string prefix, CancellationToken cancellation)
    {
        JobsListed list = await client.AskAsync<JobsListed>(ListJobs.Instance, AnswerTimeout, cancellation).ConfigureAwait(false);
        string[] found = [.. list.Jobs.Select(job => job.JobId).Where(id => id.StartsWith(prefix, StringComparison.Ordinal))];
        return found.Contains(prefix) ? prefix
            : found.Length == 1 ? found[0]
            : found.Length == 0 ? throw Unknown(prefix)
            : throw new JobInputException($"Several jobs begin with '{prefix}': {string.Join(", ", found)}. Give more of the id.");
    }

    private static JobInputException Unknown(string job) => new($"The cluster knows no job '{job}'. 'bytemill jobs' lists those that run, wait, or ended lately.");
}

/// <summary>Shows one job.</summary>
internal sealed class ShowCommand : OneJobQuestion<OneJobSettings>
{
    protected override Task<JobReported> AskAsync(JobClient client, string jobId, OneJobSettings settings, CancellationToken cancellation) =>
        client.AskAsync<JobReported>(new GetJob(jobId), AnswerTimeout, cancellation);
}

/// <summary>Lets a job stand still.</summary>
internal sealed class PauseCommand : OneJobQuestion<OneJobSettings>
{
    protected override Task<JobReported> AskAsync(JobClient client, string jobId, OneJobSettings settings, CancellationToken cancellation) =>
        client.AskAsync<JobReported>(new PauseJob(jobId), AnswerTimeout, cancellation);
}

/// <summary>Lets a paused job go on.</summary>
internal sealed class ResumeCommand : OneJobQuestion<OneJobSettings>
{
    protected override Task<JobReported> AskAsync(JobClient client, string jobId, OneJobSettings settings, CancellationToken cancellation) =>
        client.AskAsync<JobReported>(new ResumeJob(jobId), AnswerTimeout, cancellation);
}

/// <summary>Gives a job another priority.</summary>
internal sealed class PriorityCommand : OneJobQuestion<PrioritySettings>
{
    protected override Task<JobReported> AskAsync(JobClient client, string jobId, PrioritySettings settings, CancellationToken cancellation) =>
        client.AskAsync<JobReported>(new PrioritizeJob(jobId, settings.Priority), AnswerTimeout, cancellation);
}

/// <summary>Ends a job and removes its work files.</summary>
internal sealed class CancelCommand : OneJobQuestion<OneJobSettings>
{
    protected override Task<JobReported> AskAsync(JobClient client, string jobId, OneJobSettings settings, CancellationToken cancellation) =>
        client.CancelAsync(jobId, AnswerTimeout, cancellation);
}

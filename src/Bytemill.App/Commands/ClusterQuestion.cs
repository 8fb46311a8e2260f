using Bytemill.Pipeline;
using Bytemill.Web.Api;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Asks a cluster, and shows the answer.</summary>
internal abstract class ClusterQuestion<TSettings> : AsyncCommand<TSettings>
    where TSettings : JobsSettings
{
    public override async Task<int> ExecuteAsync(CommandContext context, TSettings settings, CancellationToken cancellationToken)
    {
        ClusterTarget target = settings.ToTarget();
        using var interruption = new Interruption();
        return await ClusterAnswers.ShowAsync(async () =>
        {
            IClusterClient client = await target.ConnectAsync(interruption.Token).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                return await AskAsync(client, settings, interruption.Token).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }

    protected abstract Task<int> AskAsync(IClusterClient client, TSettings settings, CancellationToken cancellation);
}

/// <summary>Asks about one job, or for something to be done with it.</summary>
internal abstract class OneJobQuestion<TSettings> : ClusterQuestion<TSettings>
    where TSettings : OneJobSettings
{
    protected sealed override async Task<int> AskAsync(IClusterClient client, TSettings settings, CancellationToken cancellation) =>
        await AskAsync(client, await ClusterAnswers.FindAsync(client, settings.Job, cancellation).ConfigureAwait(false), settings, cancellation).ConfigureAwait(false);

    protected abstract Task<int> AskAsync(IClusterClient client, JobDetails job, TSettings settings, CancellationToken cancellation);
}

/// <summary>Has something done with one job, and shows it as it then is.</summary>
internal abstract class JobWish<TSettings> : OneJobQuestion<TSettings>
    where TSettings : OneJobSettings
{
    protected sealed override async Task<int> AskAsync(IClusterClient client, JobDetails job, TSettings settings, CancellationToken cancellation)
    {
        JobDetails now = await DoAsync(client, job.Job.Id, settings, cancellation).ConfigureAwait(false);
        JobTable.Write(now, settings.Json);
        return now.Refusal is { } refusal ? throw new RefusedException($"Not done: {refusal}.") : ExitCodes.Done;
    }

    protected abstract Task<JobDetails> DoAsync(IClusterClient client, string jobId, TSettings settings, CancellationToken cancellation);
}

/// <summary>What the commands that ask a cluster have in common.</summary>
internal static class ClusterAnswers
{
    /// <summary>Tells what went wrong in one line.</summary>
    public static async Task<int> ShowAsync(Func<Task<int>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (RequestFaultException e)
        {
            ErrorConsole.WriteError(e.Message);
            return ExitCodes.WrongUsage;
        }
        catch (Exception e) when (e is TimeoutException or RefusedException)
        {
            ErrorConsole.WriteError(e.Message);
            return ExitCodes.RunFailed;
        }
    }

    /// <summary>The job whose id is, or begins with, a text.</summary>
    /// <exception cref="JobInputException">There is none, or there are several.</exception>
    public static async Task<JobDetails> FindAsync(IClusterClient client, string prefix, CancellationToken cancellation)
    {
        JobList list = await client.ListAsync(cancellation).ConfigureAwait(false);
        string[] found = [.. list.Jobs.Select(job => job.Id).Where(id => id.StartsWith(prefix, StringComparison.Ordinal))];
        string id = found.Contains(prefix) ? prefix
            : found.Length == 1 ? found[0]
            : found.Length == 0 ? throw Unknown(prefix)
            : throw new JobInputException($"Several jobs begin with '{prefix}': {string.Join(", ", found)}. Give more of the id.");
        return await client.FindAsync(id, cancellation).ConfigureAwait(false) ?? throw Unknown(prefix);
    }

    private static JobInputException Unknown(string job) => new($"The cluster knows no job '{job}'. 'bytemill jobs' lists those that run, wait, or ended lately.");
}

using Bytemill.Web.Api;

namespace Bytemill.App;

/// <summary>Lists jobs.</summary>
internal sealed class JobsCommand : ClusterQuestion<JobsSettings>
{
    protected override async Task<int> AskAsync(IClusterClient client, JobsSettings settings, CancellationToken cancellation)
    {
        JobTable.Write(await client.ListAsync(cancellation).ConfigureAwait(false), settings.Json);
        return ExitCodes.Done;
    }
}

/// <summary>Shows one job.</summary>
internal sealed class ShowCommand : OneJobQuestion<OneJobSettings>
{
    protected override Task<int> AskAsync(IClusterClient client, JobDetails job, OneJobSettings settings, CancellationToken cancellation)
    {
        JobTable.Write(job, settings.Json);
        return Task.FromResult(ExitCodes.Done);
    }
}

/// <summary>Lets a job stand still.</summary>
internal sealed class PauseCommand : JobWish<OneJobSettings>
{
    protected override Task<JobDetails> DoAsync(IClusterClient client, string jobId, OneJobSettings settings, CancellationToken cancellation) => client.PauseAsync(jobId, cancellation);
}

/// <summary>Lets a paused job go on.</summary>
internal sealed class ResumeCommand : JobWish<OneJobSettings>
{
    protected override Task<JobDetails> DoAsync(IClusterClient client, string jobId, OneJobSettings settings, CancellationToken cancellation) => client.ResumeAsync(jobId, cancellation);
}

/// <summary>Gives a job another priority.</summary>
internal sealed class PriorityCommand : JobWish<PrioritySettings>
{
    protected override Task<JobDetails> DoAsync(IClusterClient client, string jobId, PrioritySettings settings, CancellationToken cancellation) =>
        client.PrioritizeAsync(jobId, settings.Priority, cancellation);
}

/// <summary>Ends a job and removes its work files.</summary>
internal sealed class CancelCommand : JobWish<OneJobSettings>
{
    protected override Task<JobDetails> DoAsync(IClusterClient client, string jobId, OneJobSettings settings, CancellationToken cancellation) => client.CancelAsync(jobId, cancellation);
}

using System.Text.Json;
using Bytemill.Pipeline;
using Bytemill.Web.Api;

namespace Bytemill.App;

/// <summary>Shows one job to its end, as the command shows it that computes here.</summary>
internal sealed class WatchCommand : OneJobQuestion<OneJobSettings>
{
    protected override Task<int> AskAsync(IClusterClient client, JobDetails job, OneJobSettings settings, CancellationToken cancellation) =>
        FollowAsync(client, job, settings.Json, cancellation);

    /// <summary>Follows a job to its end.</summary>
    /// <param name="client">Tells of it.</param>
    /// <param name="job">The job.</param>
    /// <param name="asJson">Whether each change is a line of JSON.</param>
    /// <param name="cancellation">Leaves the job as it is.</param>
    /// <returns>The exit code, as that of the command that computes here.</returns>
    public static async Task<int> FollowAsync(IClusterClient client, JobDetails job, bool asJson, CancellationToken cancellation)
    {
        using IJobDisplay display = asJson ? new NoDisplay() : JobDisplay.Create();
        JobSpec spec = SpecOf(job.Job);
        display.Start(spec);
        try
        {
            await foreach (JobDetails now in client.FollowAsync(job.Job.Id, cancellation).ConfigureAwait(false))
            {
                job = now;
                if (asJson)
                {
                    await Console.Out.WriteLineAsync(JsonSerializer.Serialize(now, BytemillJson.Default.JobDetails)).ConfigureAwait(false);
                }
                else if (now.Job.Progress is { } progress)
                {
                    display.Update(progress.ToMessage(now.Job.Id));
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            display.Dispose();
            await Console.Error.WriteLineAsync($"The job goes on. Look at it again with: bytemill watch {job.Job.Id}").ConfigureAwait(false);
            return ExitCodes.Interrupted;
        }

        return await ConcludeAsync(client, job, spec, display, cancellation).ConfigureAwait(false);
    }

    private static async Task<int> ConcludeAsync(IClusterClient client, JobDetails job, JobSpec spec, IJobDisplay display, CancellationToken cancellation)
    {
        switch (job.Job.Status)
        {
            case "completed":
                using (var manifest = new MemoryStream(await client.ManifestAsync(job.Job, cancellation).ConfigureAwait(false)))
                {
                    display.Completed(spec, ResultManifest.Read(manifest, $"the manifest of job {job.Job.Id}"));
                }

                return ExitCodes.Done;
            case "cancelled":
                display.Cancelled(null);
                return ExitCodes.Interrupted;
            default:
                display.Failed(job.Job.Text ?? "The job failed.");
                PoisonReport.Write(job.Poison);
                return ExitCodes.RunFailed;
        }
    }

    // As much of it as a display shows.
    private static JobSpec SpecOf(JobInfo job) => new()
    {
        Mode = job.Mode is { } mode ? Enum.Parse<JobMode>(mode, ignoreCase: true) : JobMode.Run,
        Inputs = [],
        OutputDirectory = job.Output,
    };
}

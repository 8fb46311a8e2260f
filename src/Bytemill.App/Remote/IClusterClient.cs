using Bytemill.Web.Api;

namespace Bytemill.App;

/// <summary>What commands ask of a cluster, whichever way they reach it.</summary>
internal interface IClusterClient : IAsyncDisposable
{
    Task<JobList> ListAsync(CancellationToken cancellation);

    /// <returns><c>null</c> when the cluster does not know the job.</returns>
    Task<JobDetails?> FindAsync(string jobId, CancellationToken cancellation);

    /// <summary>Submits a job, which must have an id: asking again changes nothing.</summary>
    Task<JobDetails> SubmitAsync(JobRequest request, CancellationToken cancellation);

    Task<JobDetails> PauseAsync(string jobId, CancellationToken cancellation);

    Task<JobDetails> ResumeAsync(string jobId, CancellationToken cancellation);

    Task<JobDetails> CancelAsync(string jobId, CancellationToken cancellation);

    Task<JobDetails> PrioritizeAsync(string jobId, int priority, CancellationToken cancellation);

    /// <summary>The job each time that something of it has changed; the last one is over.</summary>
    IAsyncEnumerable<JobDetails> FollowAsync(string jobId, CancellationToken cancellation);

    /// <summary>Events after one.</summary>
    Task<EventList> EventsAsync(string jobId, long after, long epoch, CancellationToken cancellation);

    /// <summary>The manifest of a completed job.</summary>
    Task<byte[]> ManifestAsync(JobInfo job, CancellationToken cancellation);

    /// <summary>A model of a completed job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="fileName">Name of the model's file, as the manifest has it.</param>
    /// <param name="size">Its number of ids.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<Stream> ModelAsync(JobInfo job, string fileName, int size, CancellationToken cancellation);
}

using Bytemill.Pipeline;
using Bytemill.Web.Api;
using Bytemill.Web.Live;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.Web.Dashboard;

/// <summary>What pages see of the cluster, and do to its jobs.</summary>
public interface IDashboardFeed
{
    /// <summary>Raised when <see cref="Current"/> or a watched job is another, on any thread.</summary>
    event Action? Changed;

    /// <summary>The cluster as it was a moment ago.</summary>
    ClusterView Current { get; }

    /// <summary>Has a job asked about in full until the result is disposed.</summary>
    IDisposable Watch(string jobId);

    /// <summary>A job in full; its tasks and events only while somebody watches it.</summary>
    JobView ViewOf(string jobId);

    /// <summary>One task in full, of which a job's view has a cell only.</summary>
    /// <returns>The task; <c>null</c> when the coordinator does not know it (any more).</returns>
    /// <exception cref="TimeoutException">No coordinator answered in time.</exception>
    Task<TaskReport?> FindTaskAsync(string jobId, int stage, int index, CancellationToken cancellationToken);

    /// <summary>Asks for something to be done to a job: <see cref="PauseJob"/>, <see cref="ResumeJob"/>, <see cref="PrioritizeJob"/>, or <see cref="CancelJob"/>, whose end is waited for.</summary>
    /// <exception cref="TimeoutException">No coordinator answered in time.</exception>
    Task<JobReported> SendAsync(IWireMessage command, CancellationToken cancellationToken);

    /// <summary>Looks a job over and puts it in the queue.</summary>
    /// <exception cref="RequestFaultException">It cannot be done as it is asked for; the message says why.</exception>
    /// <exception cref="TimeoutException">No coordinator answered in time.</exception>
    Task SubmitAsync(SubmitJob job, CancellationToken cancellationToken);
}

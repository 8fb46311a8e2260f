using Akka.Actor;
using Akka.Hosting;
using Bytemill.Pipeline;

namespace Bytemill.Web.Live;

/// <summary>How a web node asks the coordinator, which may be on any node.</summary>
internal sealed class CoordinatorAccess(ActorSystem system, IRequiredActor<JobCoordinatorKey> coordinator)
{
    /// <summary>How long somebody who waits for a page or an answer waits.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The node's actor system.</summary>
    public ActorSystem System => system;

    /// <summary>Asks until it is answered.</summary>
    /// <exception cref="TimeoutException">No coordinator answered in time.</exception>
    public async Task<TAnswer> AskAsync<TAnswer>(IWireMessage question, CancellationToken cancellation, TimeSpan? patience = null)
        where TAnswer : IWireMessage
    {
        JobClient client = await ClientAsync(cancellation).ConfigureAwait(false);
        return await client.AskAsync<TAnswer>(question, patience ?? Patience, cancellation).ConfigureAwait(false);
    }

    /// <summary>Ends a job and waits until its work files are gone.</summary>
    /// <exception cref="TimeoutException">No coordinator answered, or the job did not end in time.</exception>
    public async Task<JobProtocol.JobReported> CancelAsync(string jobId, CancellationToken cancellation)
    {
        JobClient client = await ClientAsync(cancellation).ConfigureAwait(false);
        return await client.CancelAsync(jobId, 2 * Patience, cancellation).ConfigureAwait(false);
    }

    private async Task<JobClient> ClientAsync(CancellationToken cancellation) =>
        new(system, await coordinator.GetAsync(cancellation).ConfigureAwait(false));
}

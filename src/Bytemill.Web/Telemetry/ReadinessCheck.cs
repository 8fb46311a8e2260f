using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Bytemill.Pipeline;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bytemill.Web.Telemetry;

/// <summary>Whether the node is a member of its cluster and the coordinator answers it.</summary>
internal sealed class ReadinessCheck(ActorSystem system, ActorRegistry actors) : IHealthCheck
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);

    // After the last of all addresses: the smallest question there is.
    private static readonly WatchProtocol.ListNodes s_question = new("\uffff");

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        MemberStatus status = Cluster.Get(system).SelfMember.Status;
        if (status != MemberStatus.Up)
        {
            return HealthCheckResult.Unhealthy($"The node is not up in its cluster, but {status}.");
        }

        if (!actors.TryGet<JobCoordinatorKey>(out IActorRef coordinator))
        {
            return HealthCheckResult.Unhealthy("The node has not started its actors yet.");
        }

        try
        {
            WatchProtocol.NodesListed answer = await coordinator.Ask<WatchProtocol.NodesListed>(s_question, s_timeout, cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy($"The node is up; the coordinator is on {answer.Coordinator}.");
        }
        catch (AskTimeoutException)
        {
            return HealthCheckResult.Unhealthy(Units.Format($"No coordinator answered within {s_timeout.TotalSeconds} s. Is a node with the role coordinator running?"));
        }
    }
}

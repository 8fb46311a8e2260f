using Akka.Actor;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bytemill.Web.Telemetry;

/// <summary>Whether the node's actor system runs: without it the process does nothing more and is to be started anew.</summary>
internal sealed class LivenessCheck(ActorSystem system) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        system.WhenTerminated.IsCompleted
            ? HealthCheckResult.Unhealthy("The actor system has ended: start the node anew.")
            : HealthCheckResult.Healthy("The node lives."));
}

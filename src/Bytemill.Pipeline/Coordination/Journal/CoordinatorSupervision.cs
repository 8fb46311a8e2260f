using Akka.Actor;
using Akka.Pattern;

namespace Bytemill.Pipeline;

/// <summary>
/// Makes what stands in for the coordinator as the cluster's singleton: starts it again, ever more slowly, when the journal
/// could not be written or read. Everybody who talks with it repeats what matters, so what comes in between may be lost.
/// </summary>
internal sealed class CoordinatorSupervision(NodeServices node) : IIndirectActorProducer
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    public Type ActorType => typeof(BackoffSupervisor);

    // Called whenever the singleton comes to this node: each time is a stay of its own.
    public ActorBase Produce()
    {
        var tenure = new CoordinatorTenure(node.Options.Hostname);
        var coordinator = Props.Create(() => new JobCoordinator(node, tenure, JobCoordinator.EventsBetweenSnapshots));
        BackoffOptions options = Backoff.OnStop(coordinator, "jobs", s_first, s_longest, 0.2, maxNrOfRetries: -1)
            .WithAutoReset(s_longest)
            .WithFinalStopMessage(message => message is StopCoordinator);
        return BackoffSupervisor.Props(options).NewActor();
    }

    public void Release(ActorBase actor)
    {
    }
}

using Akka.Actor;
using Akka.Hosting;
using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Pipeline;

/// <summary>Pulls partitions from the coordinator, one at a time: counts, segments, tokenizes. Computes, and may vanish.</summary>
internal sealed class Worker : TaskRunningActor
{
    // A request waits at the coordinator until there is work; it is repeated only in case it, or the answer, got lost.
    private const int TicksBetweenRequests = 10;

    private readonly string _id;
    private int _idleTicks;

    public Worker(NodeServices node, IActorRef coordinator, string id)
        : base(node, coordinator) => _id = id;

    protected override void OnIdle()
    {
        _idleTicks = 0;
        Coordinator.Tell(new RequestTask(_id));
    }

    protected override void OnLeaving() => Coordinator.Tell(Leaving.Instance);

    protected override void OnIdleTick()
    {
        if (++_idleTicks % TicksBetweenRequests == 0)
        {
            Coordinator.Tell(new RequestTask(_id));
        }
    }
}

internal static class WorkerHosting
{
    /// <summary>Starts the node's workers, where it has the role.</summary>
    public static AkkaConfigurationBuilder AddWorkers(this AkkaConfigurationBuilder builder, NodeServices node)
    {
        if (!node.Options.Roles.Contains(ClusterRoles.Worker))
        {
            return builder;
        }

        return builder.WithActors((system, registry, _) =>
        {
            IActorRef coordinator = registry.Get<JobCoordinatorKey>();
            for (int i = 0; i < node.Options.Workers; i++)
            {
                string id = NodeIdentity.Of(system, $"worker-{i}");
                Drain.BeforeLeaving(system, system.ActorOf(Props.Create(() => new Worker(node, coordinator, id)), $"worker-{i}"));
            }
        });
    }
}

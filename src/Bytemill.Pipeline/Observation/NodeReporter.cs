using Akka.Actor;
using Akka.Hosting;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Pipeline;

/// <summary>Tells the coordinator once a second how this node is.</summary>
internal sealed class NodeReporter : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private bool _isSampling;

    public NodeReporter(NodeSampler sampler, IActorRef coordinator)
    {
        Receive<Tick>(_ =>
        {
            if (!_isSampling)
            {
                // It asks for lengths of files, on storage that may hang.
                _isSampling = true;
                Task.Run(sampler.Sample).PipeTo(Self, success: node => new NodeReported(node));
            }
        });
        Receive<NodeReported>(report =>
        {
            _isSampling = false;
            coordinator.Tell(report);
        });
        Receive<Status.Failure>(failure => throw new InvalidOperationException("This node cannot say how it is.", failure.Cause));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer("tick", Tick.Instance, s_interval);

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}

internal static class NodeReporting
{
    // Akka.NET's own actors, the cluster's among them, are on this one.
    private const string InternalDispatcher = "akka.actor.internal-dispatcher";

    /// <summary>Starts what measures the node and tells the coordinator.</summary>
    public static AkkaConfigurationBuilder AddNodeReporter(this AkkaConfigurationBuilder builder, NodeServices node) =>
        builder.WithActors((system, registry, _) =>
        {
            IActorRef onDefault = system.ActorOf(Props.Create(() => new DelayProbe(node.Meter.Dispatcher, node.Meter.Heartbeats)), "delay");
            IActorRef onInternal = system.ActorOf(
                Props.Create(() => new DelayProbe(node.Meter.Heartbeats, node.Meter.Dispatcher)).WithDispatcher(InternalDispatcher), "heartbeat-delay");
            onDefault.Tell(new DelayProbe.Meet(onInternal));
            onInternal.Tell(new DelayProbe.Meet(onDefault));

            IActorRef coordinator = registry.Get<JobCoordinatorKey>();
            var sampler = new NodeSampler(node, NodeIdentity.Of(system));
            system.ActorOf(Props.Create(() => new NodeReporter(sampler, coordinator)), "reporter");
        });
}

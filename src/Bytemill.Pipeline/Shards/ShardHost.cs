using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Pipeline;

/// <summary>Offers a node to the coordinator and keeps the shard actors that it is told to own.</summary>
internal sealed class ShardHost : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_registerAgain = TimeSpan.FromSeconds(2);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly NodeServices _node;
    private readonly IActorRef _coordinator;
    private readonly string _id;
    private readonly Dictionary<(string JobId, ShardKind Kind, int Shard), IActorRef> _owned = [];
    private bool _isDraining;

    public ShardHost(NodeServices node, IActorRef coordinator, string id)
    {
        _node = node;
        _coordinator = coordinator;
        _id = id;
        Receive<Register>(_ => _coordinator.Tell(new RegisterShardHost(_id)));
        Receive<OwnShards>(OnOwn);
        Receive<AssignTask>(OnAssign);
        Receive<ReleaseJob>(OnRelease);
        Receive<Drain>(_ => OnDrain());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("register", Register.Instance, TimeSpan.Zero, s_registerAgain);
    }

    private void OnOwn(OwnShards own)
    {
        if (_isDraining || !_node.Epochs.Admit(own.Job))
        {
            return;
        }

        string jobId = own.Job.JobId;
        foreach ((string JobId, ShardKind Kind, int Shard) key in _owned.Keys.Where(
            key => key.JobId == jobId && key.Kind == own.Kind && !own.Shards.Contains(key.Shard)).ToArray())
        {
            Context.Stop(_owned[key]);
            _owned.Remove(key);
        }

        foreach (int shard in own.Shards)
        {
            ShardOf(jobId, own.Kind, shard);
        }

        Publish();
        _log.Debug("Owns {Shards} {Kind} shards of job {JobId}", own.Shards.Length, own.Kind, jobId);
    }

    private IActorRef ShardOf(string jobId, ShardKind kind, int shard)
    {
        if (!_owned.TryGetValue((jobId, kind, shard), out IActorRef? actor))
        {
            _owned.Add((jobId, kind, shard), actor = CreateShard(kind, shard));
        }

        return actor;
    }

    private IActorRef CreateShard(ShardKind kind, int shard) => kind switch
    {
        ShardKind.NGram => Context.ActorOf(Props.Create(() => new NGramShard(_node, _coordinator, shard))),
        ShardKind.Piece => Context.ActorOf(Props.Create(() => new PieceShard(_node, _coordinator, shard))),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of shard."),
    };

    private void OnDrain()
    {
        _isDraining = true;
        Timers.CancelAll();
        _coordinator.Tell(Leaving.Instance);
        Task.WhenAll(_owned.Values.Select(shard => shard.Ask<Drained>(Drain.Instance))).PipeTo(Sender, Self, _ => Drained.Instance);
    }

    private void OnAssign(AssignTask assign)
    {
        if (_isDraining)
        {
            // On its way before the coordinator heard.
            _coordinator.Tell(Leaving.Instance);
            return;
        }

        ShardKind kind = assign.Stage.Kind.Placement() == TaskPlacement.NGramShard ? ShardKind.NGram : ShardKind.Piece;

        // The order to own the shard may have got lost; the task says the same.
        int owned = _owned.Count;
        ShardOf(assign.Task.Job.JobId, kind, assign.Task.Index).Forward(assign);
        if (_owned.Count > owned)
        {
            Publish();
        }
    }

    private void OnRelease(ReleaseJob release)
    {
        if (!_node.Epochs.IsLatest(release.Job))
        {
            return;
        }

        foreach ((string JobId, ShardKind Kind, int Shard) key in _owned.Keys.Where(key => key.JobId == release.Job.JobId).ToArray())
        {
            // The shard cancels what runs and lets go of the job before it ends.
            _owned[key].Tell(release);
            _owned[key].Tell(PoisonPill.Instance);
            _owned.Remove(key);
        }

        Publish();
        _node.Jobs.Release(release.Job.JobId);
    }

    // For those who watch.
    private void Publish() => _node.Meter.Shards =
    [
        .. _owned.Keys
            .GroupBy(key => (key.JobId, key.Kind))
            .Select(group => new OwnedShards(group.Key.JobId, group.Key.Kind, [.. group.Select(key => key.Shard).Order()]))
            .OrderBy(owned => owned.JobId, StringComparer.Ordinal)
            .ThenBy(owned => owned.Kind),
    ];

    private sealed record Register : INoSerializationVerificationNeeded
    {
        public static Register Instance { get; } = new();
    }
}

internal static class ShardHosting
{
    /// <summary>Starts the node's shard host, where it has the role.</summary>
    public static AkkaConfigurationBuilder AddShardHost(this AkkaConfigurationBuilder builder, NodeServices node)
    {
        if (!node.Options.Roles.Contains(ClusterRoles.Shard))
        {
            return builder;
        }

        return builder.WithActors((system, registry, _) =>
        {
            IActorRef coordinator = registry.Get<JobCoordinatorKey>();
            string id = NodeIdentity.Of(system, "shards");
            Drain.BeforeLeaving(system, system.ActorOf(Props.Create(() => new ShardHost(node, coordinator, id)), "shards"));
        });
    }
}

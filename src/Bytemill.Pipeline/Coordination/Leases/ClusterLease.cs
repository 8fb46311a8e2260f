using Akka.Actor;
using Akka.Coordination;
using Akka.Event;

namespace Bytemill.Pipeline;

/// <summary>A lease as Akka.NET's cluster wants it; the settings, under <see cref="LeaseHosting.ConfigPath"/>, say where it is kept.</summary>
internal sealed class ClusterLease : Lease
{
    private readonly ExtendedActorSystem _system;
    private readonly HeldLease _lease;

    // Of the coordinator's own lease: who is refused that for good is in another cluster than the coordinator.
    private readonly RefusalWatch? _refusals;

    /// <param name="settings">Name, owner, times and place.</param>
    /// <param name="system">The node's actor system.</param>
    public ClusterLease(LeaseSettings settings, ExtendedActorSystem system)
        : base(settings)
    {
        _system = system;

        // A new process at the same address is not the one that took it.
        string owner = $"{settings.OwnerName}/{Guid.NewGuid():N}";
        ILoggingAdapter log = Logging.GetLogger(system, typeof(ClusterLease));
        ILeaseStore store = LeaseHosting.StoreOf(settings.LeaseConfig, sentence => log.Warning("{Sentence}", sentence));
        if (store is IDisposable disposable)
        {
            system.RegisterOnTermination(disposable.Dispose);
        }

        _refusals = settings.LeaseName.Contains("-singleton-", StringComparison.Ordinal)
            ? new RefusalWatch(settings.TimeoutSettings.HeartbeatTimeout * 2, TimeProvider.System)
            : null;
        _lease = new HeldLease(store, settings.LeaseName, owner, settings.TimeoutSettings, log);
    }

    /// <inheritdoc/>
    public override Task<bool> Acquire() => AcquireAsync(null);

    /// <inheritdoc/>
    public override Task<bool> Acquire(Action<Exception> leaseLostCallback) => AcquireAsync(reason => leaseLostCallback(reason!));

    /// <inheritdoc/>
    public override async Task<bool> Release()
    {
        await _lease.ReleaseAsync().ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public override bool CheckLease() => _lease.IsHeld;

    private async Task<bool> AcquireAsync(Action<Exception?>? onLost)
    {
        if (!SeesAVoter())
        {
            return false;
        }

        bool? isTaken = null;
        try
        {
            isTaken = await _lease.AcquireAsync(onLost).ConfigureAwait(false);
            return isTaken.Value;
        }
        finally
        {
            if (_refusals?.Note(isTaken) == true)
            {
                _ = CoordinatedShutdown.Get(_system).Run(new LeftBehind(Settings.LeaseName));
            }
        }
    }

    // Else one that only gives a job, and hears nobody, could put all others out.
    private bool SeesAVoter()
    {
        Akka.Cluster.ClusterEvent.CurrentClusterState state = Akka.Cluster.Cluster.Get(_system).State;
        return state.Members.Except(state.Unreachable).Any(member => member.HasRole(ClusterRoles.Voter));
    }
}

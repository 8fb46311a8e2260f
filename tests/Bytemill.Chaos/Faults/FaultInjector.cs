using System.Collections.Immutable;
using System.Globalization;

namespace Bytemill.Chaos;

/// <summary>Does to the cluster what a plan says, and undoes what passes.</summary>
internal sealed class FaultInjector
{
    // Nine tenths of the time a slow node stands still.
    private static readonly TimeSpan s_still = TimeSpan.FromMilliseconds(90);
    private static readonly TimeSpan s_moving = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_leaveTimeout = TimeSpan.FromSeconds(60);

    private readonly ChaosCluster _cluster;
    private readonly RoundPlan _plan;
    private readonly string _output;
    private readonly SmallDisk? _disk;

    /// <param name="cluster">The nodes.</param>
    /// <param name="plan">What to do to them.</param>
    /// <param name="output">Output directory of the job.</param>
    /// <param name="disk">The disk that it lies on, when that is the small one.</param>
    public FaultInjector(ChaosCluster cluster, RoundPlan plan, string output, SmallDisk? disk)
    {
        _cluster = cluster;
        _plan = plan;
        _output = output;
        _disk = disk;
    }

    private ChaosNode Coordinator =>
        _cluster.Coordinator ?? throw new ChaosException("No node holds the coordinator at the moment of the fault.");

    private ImmutableArray<ChaosNode> Others => [.. _cluster.Nodes.Where(node => node != Coordinator && node.IsAlive)];

    /// <summary>Strikes, and returns when it is over: what was stopped goes on, what was cut is whole. Dead nodes are the supervisor's.</summary>
    /// <returns>What was done, in words.</returns>
    /// <exception cref="ChaosException">The fault showed a fault of the program, or cannot be made.</exception>
    public async Task<string> StrikeAsync(CancellationToken cancellation)
    {
        switch (_plan.Fault)
        {
            case FaultKind.None:
                return "nothing";
            case FaultKind.KillWorker or FaultKind.KillShardOwner:
                return Kill(_plan.Choose(Others, 1));
            case FaultKind.KillCoordinator:
                return Kill([Coordinator]);
            case FaultKind.KillTwo:
                return Kill(_plan.Choose(_cluster.Nodes, 2));
            case FaultKind.KillAll:
                return Kill(_cluster.Nodes);
            case FaultKind.StopWorker:
                return await StopAsync(_plan.Choose(Others, 1)[0], cancellation).ConfigureAwait(false);
            case FaultKind.StopCoordinator:
                return await StopAsync(Coordinator, cancellation).ConfigureAwait(false);
            case FaultKind.TerminateWorker:
                return await TerminateAsync(_plan.Choose(Others, 1)[0], cancellation).ConfigureAwait(false);
            case FaultKind.TerminateCoordinator:
                return await TerminateAsync(Coordinator, cancellation).ConfigureAwait(false);
            case FaultKind.SlowNode:
                return await SlowDownAsync(_plan.Choose(_cluster.Nodes, 1)[0], cancellation).ConfigureAwait(false);
            case FaultKind.FullDisk:
                long free = await _disk!.FillAsync(_plan.Length, cancellation).ConfigureAwait(false);
                return string.Create(CultureInfo.InvariantCulture, $"{free >> 20} MB filled for {_plan.Length.TotalSeconds} s");
            case FaultKind.CutOneOff:
                return await CutOffAsync(_plan.Choose(Others, 1), cancellation).ConfigureAwait(false);
            case FaultKind.CutCoordinatorOff:
                return await CutOffAsync([Coordinator], cancellation).ConfigureAwait(false);
            case FaultKind.SplitInHalves:
                return await CutOffAsync(_plan.Choose(_cluster.Nodes, _cluster.Nodes.Length / 2), cancellation).ConfigureAwait(false);
            case FaultKind.DamageFile:
                return "damaged " + await WorkFiles.DamageAsync(_output, _plan, cancellation).ConfigureAwait(false);
            case FaultKind.DeleteFile:
                return "deleted " + await WorkFiles.DeleteAsync(_output, _plan, cancellation).ConfigureAwait(false);
            default:
                throw new InvalidOperationException($"Unknown fault {_plan.Fault}.");
        }
    }

    private string Kill(ImmutableArray<ChaosNode> victims)
    {
        foreach (ChaosNode node in victims)
        {
            node.Back = _plan.Back;
            node.Signal(PosixSignals.Kill);
        }

        return string.Create(CultureInfo.InvariantCulture, $"killed {Name(victims)}, back after {_plan.Back.TotalSeconds} s");
    }

    private async Task<string> StopAsync(ChaosNode node, CancellationToken cancellation)
    {
        string who = Name([node]);
        node.Signal(PosixSignals.Stop);
        await PauseAsync(_plan.Length, cancellation).ConfigureAwait(false);
        node.Signal(PosixSignals.Continue);
        return string.Create(CultureInfo.InvariantCulture, $"stopped {who} for {_plan.Length.TotalSeconds} s");
    }

    private async Task<string> TerminateAsync(ChaosNode node, CancellationToken cancellation)
    {
        string who = Name([node]);
        node.Back = _plan.Back;
        Task<int> exit = node.ExitAsync(cancellation);
        node.Signal(PosixSignals.Terminate);
        int code = await exit.WaitAsync(s_leaveTimeout, cancellation).ConfigureAwait(false);
        return code == 0
            ? string.Create(CultureInfo.InvariantCulture, $"terminated {who}, back after {_plan.Back.TotalSeconds} s")
            : throw new ChaosException($"{who} was told to leave (SIGTERM) and ended with exit code {code}; expected 0.");
    }

    private async Task<string> SlowDownAsync(ChaosNode node, CancellationToken cancellation)
    {
        string who = Name([node]);
        long end = Environment.TickCount64 + (long)_plan.Length.TotalMilliseconds;
        while (Environment.TickCount64 < end && !cancellation.IsCancellationRequested && node.Signal(PosixSignals.Stop))
        {
            await PauseAsync(s_still, cancellation).ConfigureAwait(false);
            node.Signal(PosixSignals.Continue);
            await PauseAsync(s_moving, cancellation).ConfigureAwait(false);
        }

        return string.Create(CultureInfo.InvariantCulture, $"slowed {who} down for {_plan.Length.TotalSeconds} s");
    }

    private async Task<string> CutOffAsync(ImmutableArray<ChaosNode> away, CancellationToken cancellation)
    {
        string who = Name(away);
        _cluster.Network.Split(away.Select(node => node.Index).ToHashSet());
        await PauseAsync(_plan.Length, cancellation).ConfigureAwait(false);
        _cluster.Network.Heal();
        return string.Create(CultureInfo.InvariantCulture, $"cut {who} off for {_plan.Length.TotalSeconds} s");
    }

    // Ends early when the round is given up; the fault is undone all the same.
    private static async Task PauseAsync(TimeSpan time, CancellationToken cancellation) => await Task.WhenAny(Task.Delay(time, cancellation)).ConfigureAwait(false);

    private string Name(IEnumerable<ChaosNode> nodes)
    {
        ChaosNode? coordinator = _cluster.Coordinator;
        return string.Join(" and ", nodes.Select(node => node == coordinator ? $"{node} (coordinator)" : node.ToString()));
    }
}

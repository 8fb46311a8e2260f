using System.Diagnostics;

namespace Bytemill.Chaos;

/// <summary>One node: the process that it is at present, and what the logs say of it.</summary>
internal sealed class ChaosNode
{
    private readonly Func<ChaosNode, Process> _start;
    private Process? _process;
    private TaskCompletionSource<int>? _exit;

    /// <param name="index">Number of the node, from 0.</param>
    /// <param name="address"><c>host:port</c>.</param>
    /// <param name="start">Starts its process.</param>
    public ChaosNode(int index, string address, Func<ChaosNode, Process> start)
    {
        Index = index;
        Address = address;
        _start = start;
    }

    public int Index { get; }

    public string Address { get; }

    /// <summary>How often it was started.</summary>
    public int Incarnation { get; private set; }

    /// <summary>Whether it has said that it is a member.</summary>
    public bool IsUp { get; set; }

    /// <summary>Whether it is stopped by a signal.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Which cluster it belongs to: named after the incarnation that founded it.</summary>
    public string? Cluster { get; set; }

    /// <summary>Time until it is started again after its next death.</summary>
    public TimeSpan Back { get; set; }

    public bool IsAlive { get; private set; }

    public override string ToString() => FormattableString.Invariant($"node {Index + 1}");

    /// <summary>Starts a process; the last one has ended.</summary>
    public Process Start()
    {
        Incarnation++;
        IsUp = false;
        IsStopped = false;
        Cluster = null;
        Back = TimeSpan.Zero;
        _exit = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = _start(this);
        IsAlive = true;
        return _process;
    }

    /// <summary>The process has ended.</summary>
    public void Ended(int exitCode)
    {
        IsAlive = false;
        IsUp = false;
        _exit!.TrySetResult(exitCode);
    }

    /// <summary>Sends a signal; whether there was a process.</summary>
    public bool Signal(int signal)
    {
        if (!IsAlive || !PosixSignals.Send(_process!.Id, signal))
        {
            return false;
        }

        IsStopped = signal == PosixSignals.Stop || (IsStopped && signal != PosixSignals.Continue);
        return true;
    }

    /// <summary>Waits for the end of the present process.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync(CancellationToken cancellation)
    {
        TaskCompletionSource<int> exit = _exit ?? throw new InvalidOperationException($"{this} was never started.");
        return await exit.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }
}

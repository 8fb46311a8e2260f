using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

namespace Bytemill.Chaos;

/// <summary>The nodes, and a supervisor that starts again whatever has ended, as a service manager would.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    // Longer than a node under load takes to leave.
    private static readonly TimeSpan s_leaveTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_shortestBack = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly ChaosOptions _options;
    private readonly NodeFiles _files;
    private readonly ClusterView _view;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _supervisors = [];
    private readonly HashSet<Action<NodeLine>> _listeners = [];

    /// <param name="options">Program, and number of nodes.</param>
    /// <param name="network">Where the nodes live.</param>
    /// <param name="files">Their configuration, logs and directories.</param>
    public ChaosCluster(ChaosOptions options, INodeNetwork network, NodeFiles files)
    {
        _options = options;
        _files = files;
        Network = network;
        Nodes =
        [
            .. Enumerable.Range(0, options.Nodes).Select(index => new ChaosNode(
                index, string.Create(CultureInfo.InvariantCulture, $"{network.HostOf(index)}:{network.PortOf(index)}"), StartProcess)),
        ];
        _view = new ClusterView(Nodes);
    }

    public ImmutableArray<ChaosNode> Nodes { get; }

    public INodeNetwork Network { get; }

    /// <summary>How many processes have been started over all.</summary>
    public int Starts => Nodes.Sum(node => node.Incarnation);

    /// <summary>Starts all nodes.</summary>
    public void Start()
    {
        _files.WriteConfig(Nodes);
        _supervisors.AddRange(Nodes.Select(node => Task.Run(() => SuperviseAsync(node))));
    }

    /// <summary>The node that holds the coordinator, as far as is known.</summary>
    public ChaosNode? Coordinator
    {
        get
        {
            lock (_lock)
            {
                return _view.Coordinator;
            }
        }
    }

    /// <summary>Gets every line that a node logs from here on, one after the other, until disposed.</summary>
    public IDisposable Listen(Action<NodeLine> listener)
    {
        lock (_lock)
        {
            _listeners.Add(listener);
        }

        return new Listening(this, listener);
    }

    /// <summary>Why the cluster is not whole; <c>null</c> when it is.</summary>
    public string? FindUnrest()
    {
        lock (_lock)
        {
            return _view.FindUnrest();
        }
    }

    /// <summary>Waits until all nodes are members of one cluster.</summary>
    /// <returns><c>null</c>, or what is amiss when the time is over.</returns>
    public async Task<string?> SettleAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (FindUnrest() is { } unrest)
        {
            if (clock.Elapsed > timeout)
            {
                return unrest;
            }

            await Task.Delay(s_pollInterval, cancellation).ConfigureAwait(false);
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (ChaosNode node in Nodes)
        {
            node.Signal(PosixSignals.Kill);
        }

        await Task.WhenAll(_supervisors).WaitAsync(s_leaveTimeout).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task SuperviseAsync(ChaosNode node)
    {
        while (!_stopping.IsCancellationRequested)
        {
            using Process process = node.Start();
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            _files.Log(node, string.Create(CultureInfo.InvariantCulture, $"--- ended with {process.ExitCode}"));
            lock (_lock)
            {
                node.Ended(process.ExitCode);
                _view.Ended(node);
            }

            await Task.WhenAny(Task.Delay(node.Back > s_shortestBack ? node.Back : s_shortestBack, _stopping.Token)).ConfigureAwait(false);
        }
    }

    private Process StartProcess(ChaosNode node)
    {
        _files.Log(node, string.Create(CultureInfo.InvariantCulture, $"--- start {node.Incarnation} at {DateTime.Now:HH:mm:ss.fff}"));
        return ProgramStart.Begin(
            _options.Program,
            Network.CommandPrefix(node.Index),
            _files.ArgumentsOf(node, Network),
            _files.Environment,
            line => OnOutput(node, line),
            line => OnLine(node, line));
    }

    private void OnOutput(ChaosNode node, string line)
    {
        _files.Log(node, line);
        if (line.Contains("\"up\"", StringComparison.Ordinal))
        {
            lock (_lock)
            {
                node.IsUp = true;
                _view.Joined(node);
            }
        }
    }

    private void OnLine(ChaosNode node, string text)
    {
        _files.Log(node, text);
        var line = new NodeLine(node, text);
        lock (_lock)
        {
            _view.Read(line);
            foreach (Action<NodeLine> listener in _listeners)
            {
                listener(line);
            }
        }
    }

    private sealed class Listening(ChaosCluster cluster, Action<NodeLine> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (cluster._lock)
            {
                cluster._listeners.Remove(listener);
            }
        }
    }
}

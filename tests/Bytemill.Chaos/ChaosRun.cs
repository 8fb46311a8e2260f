using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

namespace Bytemill.Chaos;

/// <summary>
/// Runs the same job over and over on a cluster of processes, strikes in each round, and compares what comes out with an
/// undisturbed run. Nodes live on from round to round, unless one has failed: then the next begins with a new cluster.
/// </summary>
public sealed class ChaosRun : IAsyncDisposable
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(20);

    // A client that is put out says so after it has been silent for as long as the cluster waits for it.
    private static readonly TimeSpan s_clientTimeout = TimeSpan.FromSeconds(60);

    private readonly ChaosOptions _options;
    private readonly INodeNetwork _network;
    private readonly SmallDisk? _disk;
    private readonly RoundPlanner _planner;
    private NodeFiles? _files;
    private ChaosCluster? _cluster;
    private int _clusters;

    private ChaosRun(ChaosOptions options, JobProfile profile, ImmutableArray<FaultKind> faults)
    {
        _options = options;
        Profile = profile;
        Faults = faults;
        _planner = new RoundPlanner(options.Seed, faults, profile, NodeFiles.LostAfter, options.Events);
        _disk = faults.Any(fault => fault.NeedsSmallDisk()) ? new SmallDisk(Path.Combine(options.Directory, "small-disk"), options.SmallDiskMegabytes) : null;
        _network = faults.Any(fault => fault.NeedsNamespaces()) ? new NamespaceNetwork(options.Nodes) : new LoopbackNetwork(options.Nodes);
    }

    /// <summary>Faults that are tried here.</summary>
    public ImmutableArray<FaultKind> Faults { get; }

    /// <summary>The job that is disturbed.</summary>
    public JobProfile Profile { get; }

    private string Expected => Path.Combine(_options.Directory, "undisturbed");

    /// <summary>Why a fault cannot be tried on this machine; <c>null</c> when it can.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="directory">A directory that may be made.</param>
    public static string? FindObstacle(FaultKind fault, string directory) =>
        fault.NeedsNamespaces() ? NamespaceNetwork.FindObstacle()
        : fault.NeedsSmallDisk() ? SmallDisk.FindObstacle(Path.Combine(directory, "small-disk"))
        : null;

    /// <summary>Runs the undisturbed job, in one process.</summary>
    /// <exception cref="ChaosException">It failed, or no fault is left that can be tried.</exception>
    public static async Task<ChaosRun> StartAsync(ChaosOptions options, CancellationToken cancellation)
    {
        ImmutableArray<FaultKind> faults = [.. options.Faults.Where(fault => FindObstacle(fault, options.Directory) is null)];
        if (faults.IsEmpty)
        {
            throw new ChaosException("None of the chosen faults can be tried here; run it as root, with iproute2 and mount.");
        }

        string output = Path.Combine(options.Directory, "undisturbed");
        using var alone = new ClientProcess(options.Program, [], [.. JobArguments(options, output), "--workers", "2", "--verbose"]);
        if (!await alone.EndsWithinAsync(options.JobTimeout, cancellation).ConfigureAwait(false) || alone.ExitCode != 0)
        {
            throw new ChaosException($"The undisturbed job failed: {string.Join('\n', alone.Errors)}");
        }

        return new ChaosRun(options, JobProfile.Read(alone.Errors), faults);
    }

    /// <summary>Runs a round.</summary>
    /// <param name="round">Its number, from 1.</param>
    /// <param name="cancellation">Breaks it off; nothing can be run after that.</param>
    public async Task<RoundReport> RunAsync(int round, CancellationToken cancellation)
    {
        RoundPlan plan = _planner.Plan(round);
        var clock = Stopwatch.StartNew();
        var faults = new List<string>();
        if (_cluster is null)
        {
            _files = new NodeFiles(Path.Combine(_options.Directory, string.Create(CultureInfo.InvariantCulture, $"cluster-{++_clusters}")), _options.Nodes);
            _cluster = new ChaosCluster(_options, _network, _files);
            _cluster.Start();
        }

        if (await _cluster.SettleAsync(_options.SettleTimeout, cancellation).ConfigureAwait(false) is { } unrest)
        {
            faults.Add($"the cluster was not whole before the round: {unrest}");
            await GiveUpAsync(faults).ConfigureAwait(false);
            return new RoundReport(_options.Seed, round, plan.Fault, plan.Moment.ToString(), "nothing", 0, clock.Elapsed.TotalSeconds, 0, 0, [.. faults]);
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"round-{round}");
        string output = Path.Combine(plan.Fault.NeedsSmallDisk() ? _disk!.Root : _options.Directory, name);
        using var watch = new RoundWatch(_cluster, plan.Moment);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        clock.Restart();
        using ClientProcess client = StartClient(plan, output);
        Task<string> strike = StrikeAsync(new FaultInjector(_cluster, plan, output, _disk), watch, plan.Moment, giveUp.Token);
        await AwaitResultsAsync(plan, client, output, faults, cancellation).ConfigureAwait(false);
        double jobSeconds = clock.Elapsed.TotalSeconds;
        if (faults.Count > 0)
        {
            await giveUp.CancelAsync().ConfigureAwait(false);
        }

        string deed = await DescribeAsync(strike, faults).ConfigureAwait(false);
        if (await _cluster.SettleAsync(_options.SettleTimeout, cancellation).ConfigureAwait(false) is { } left)
        {
            faults.Add($"the cluster was not whole again: {left}");
        }

        faults.AddRange(ResultComparison.Differences(Expected, output, plan.Fault.MayGoBack()));
        faults.AddRange(_files!.Leftovers().Select(path => $"{path} is left over"));
        if (plan.Fault.CostsOnlyTasksInFlight() && watch.Redone > watch.InFlight)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{watch.Redone} tasks were done again, but only {watch.InFlight} were in hand of the node that died"));
        }

        var report = new RoundReport(
            _options.Seed, round, plan.Fault, plan.Moment.ToString(), deed, jobSeconds, clock.Elapsed.TotalSeconds, watch.Redone, watch.InFlight, [.. faults]);
        if (report.IsGood)
        {
            Directory.Delete(output, recursive: true);
        }
        else
        {
            await File.WriteAllLinesAsync(Path.Combine(_options.Directory, name + ".client.log"), client.Errors, cancellation).ConfigureAwait(false);
            await GiveUpAsync(faults).ConfigureAwait(false);
            report = report with { Faults = [.. faults] };
        }

        return report;
    }

    public async ValueTask DisposeAsync()
    {
        await EndClusterAsync().ConfigureAwait(false);
        _network.Dispose();
        _disk?.Dispose();
    }

    private static IEnumerable<string> JobArguments(ChaosOptions options, string output) =>
        ["run", .. options.Corpus, "--output", output, .. options.Job];

    private ClientProcess StartClient(RoundPlan plan, string output)
    {
        int place = _options.Nodes;
        ChaosNode seed = plan.Choose(_cluster!.Nodes, 1)[0];
        return new ClientProcess(
            _options.Program,
            _network.CommandPrefix(place),
            [.. JobArguments(_options, output), "--cluster", seed.Address, "--hostname", _network.HostOf(place), .. _network.Options]);
    }

    private static async Task<string> StrikeAsync(FaultInjector injector, RoundWatch watch, Moment moment, CancellationToken cancellation)
    {
        await watch.Reached.WaitAsync(cancellation).ConfigureAwait(false);
        await Task.Delay(moment.Delay, cancellation).ConfigureAwait(false);
        return await injector.StrikeAsync(cancellation).ConfigureAwait(false);
    }

    // Complete are the results once they are marked so and no work file is left.
    private async Task AwaitResultsAsync(RoundPlan plan, ClientProcess client, string output, List<string> faults, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        bool isClientLost = false;
        while (!File.Exists(Path.Combine(output, "_SUCCESS")) || Directory.Exists(Path.Combine(output, "_bytemill")))
        {
            if (!isClientLost && client.HasEnded && client.ExitCode != 0)
            {
                isClientLost = true;
                if (!plan.Fault.MayLoseClient())
                {
                    faults.Add($"the job failed: {LastOf(client)}");
                    return;
                }
            }

            if (clock.Elapsed > _options.JobTimeout)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"the job was not done after {_options.JobTimeout.TotalSeconds} s"));
                return;
            }

            await Task.Delay(s_pollInterval, cancellation).ConfigureAwait(false);
        }

        if (!await client.EndsWithinAsync(s_clientTimeout, cancellation).ConfigureAwait(false))
        {
            faults.Add("the results are complete, but the client still waits for them");
        }
        else if (client.ExitCode != 0 && !plan.Fault.MayLoseClient())
        {
            faults.Add($"the results are complete, but the client says: {LastOf(client)}");
        }
    }

    private static string LastOf(ClientProcess client) => client.Errors.LastOrDefault(line => line.Length > 0) ?? "nothing";

    private static async Task<string> DescribeAsync(Task<string> strike, List<string> faults)
    {
        try
        {
            return await strike.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return "the round was given up before the moment";
        }
        catch (Exception e) when (e is ChaosException or TimeoutException or IOException)
        {
            faults.Add(e.Message);
            return "broken off";
        }
    }

    // What the round has left must not be taken for a fault of the next one.
    private async Task GiveUpAsync(List<string> faults)
    {
        string? logs = _files?.Directory;
        await EndClusterAsync().ConfigureAwait(false);
        _network.Heal();
        faults.Add($"logs are in {logs}");
    }

    private async Task EndClusterAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync().ConfigureAwait(false);
            _files!.Dispose();
            _cluster = null;
            _files = null;
        }
    }
}

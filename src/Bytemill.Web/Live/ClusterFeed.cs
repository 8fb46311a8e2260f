using System.Collections.Immutable;
using Akka.Actor;
using Akka.Hosting;
using Bytemill.Pipeline;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static Bytemill.Pipeline.JobProtocol;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Web.Live;

/// <summary>
/// What a web node knows of its cluster, kept up to date for all who look at it: it asks the coordinator about once a second, however many
/// they are, and hears of members. All members may be called from any thread.
/// </summary>
public sealed partial class ClusterFeed : BackgroundService
{
    private const int MostPoints = 600;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    // When a coordinator moves, nobody answers for half a minute: pages must say so before.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly CoordinatorAccess _coordinator;
    private readonly ILogger<ClusterFeed> _logger;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, WatchedJob> _jobs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private ClusterView _current = ClusterView.None;

    /// <param name="system">The node's actor system.</param>
    /// <param name="coordinator">The coordinator, wherever it is.</param>
    /// <param name="logger">Told when the coordinator does not answer.</param>
    /// <param name="clock">The time.</param>
    public ClusterFeed(ActorSystem system, IRequiredActor<JobCoordinatorKey> coordinator, ILogger<ClusterFeed> logger, TimeProvider clock)
    {
        _coordinator = new CoordinatorAccess(system, coordinator);
        _logger = logger;
        _clock = clock;
    }

    /// <summary>Raised when <see cref="Current"/>, or the view of a watched job, is another; on a thread of the pool. Must return quickly.</summary>
    public event Action? Changed;

    /// <summary>The cluster as it was a moment ago.</summary>
    public ClusterView Current => Volatile.Read(ref _current);

    /// <summary>How the coordinator is asked for anything else.</summary>
    internal CoordinatorAccess Coordinator => _coordinator;

    /// <summary>Has a job asked about in full until the result is disposed; look at it by <see cref="ViewOf"/>.</summary>
    public IDisposable Watch(string jobId)
    {
        lock (_gate)
        {
            JobOf(jobId).Watchers++;
        }

        Hurry();
        return new Watching(this, jobId);
    }

    /// <summary>A job in full, as it was a moment ago; its report only while somebody watches it.</summary>
    public JobView ViewOf(string jobId)
    {
        lock (_gate)
        {
            return _jobs.TryGetValue(jobId, out WatchedJob? job) ? new JobView(job.Report, job.History.Points, job.Tasks, job.Events?.Events ?? []) : JobView.None;
        }
    }

    /// <summary>Asks the coordinator at once instead of at the next second: something has been done that others want to see.</summary>
    public void Hurry()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Asked for already.
        }
    }

    /// <summary>Completes when <see cref="Changed"/> is raised after <paramref name="seen"/>.</summary>
    public async Task NextAsync(long seen, CancellationToken cancellation)
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnChanged() => changed.TrySetResult();
        Changed += OnChanged;
        try
        {
            if (Current.Sequence <= seen)
            {
                await changed.Task.WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            Changed -= OnChanged;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _wake.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        IActorRef members = _coordinator.System.ActorOf(Props.Create(() => new MemberWatch(OnMembers, _clock)), "web-members");
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await AskAsync(stoppingToken).ConfigureAwait(false);
                await _wake.WaitAsync(s_interval, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The node stops.
        }
        finally
        {
            _coordinator.System.Stop(members);
        }
    }

    private async Task AskAsync(CancellationToken stopping)
    {
        try
        {
            JobsListed list = await _coordinator.AskAsync<JobsListed>(ListJobs.Instance, stopping, s_patience).ConfigureAwait(false);
            string[] watched = Follow(list);
            await Task.WhenAll(watched.Select(jobId => LookAtAsync(jobId, stopping))).ConfigureAwait(false);
            NodesListed nodes = await _coordinator.NodesAsync(s_patience, stopping).ConfigureAwait(false);
            if (Current.Fault is not null)
            {
                LogAnswered(_logger);
            }

            Publish(view => view with { AnsweredAt = _clock.GetUtcNow(), Fault = null, Jobs = list.Jobs, MaxRunning = list.MaxRunning, Nodes = nodes.Nodes, Coordinator = nodes.Coordinator });
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // Most often nobody has answered in time. Whatever it is: a node does not end because its pages have nothing to show.
            string fault = e is TimeoutException ? e.Message : UserErrors.Describe(e);
            if (Current.Fault is null)
            {
                LogSilent(_logger, fault);
            }

            Publish(view => view with { Fault = fault });
        }
    }

    // Notes how far running jobs are, and forgets those that nobody knows or watches any more.
    private string[] Follow(JobsListed list)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        lock (_gate)
        {
            foreach (JobSummary job in list.Jobs)
            {
                if (job is { Status: JobStatus.Running, Progress: { } progress })
                {
                    JobOf(job.JobId).Note(progress, now, Current.Nodes);
                }
            }

            HashSet<string> known = [.. list.Jobs.Where(job => job.Status is not (JobStatus.Completed or JobStatus.Failed or JobStatus.Cancelled)).Select(job => job.JobId)];
            foreach ((string jobId, _) in _jobs.Where(job => job.Value.Watchers == 0 && !known.Contains(job.Key)).ToArray())
            {
                _jobs.Remove(jobId);
            }

            return [.. _jobs.Where(job => job.Value.Watchers > 0).Select(job => job.Key)];
        }
    }

    private async Task LookAtAsync(string jobId, CancellationToken stopping)
    {
        JobEvents? known;
        lock (_gate)
        {
            known = _jobs.GetValueOrDefault(jobId)?.Events;
        }

        JobReported report = await _coordinator.AskAsync<JobReported>(new GetJob(jobId), stopping, s_patience).ConfigureAwait(false);
        JobTasks tasks = await _coordinator.TasksAsync(jobId, s_patience, stopping).ConfigureAwait(false);
        JobEvents events = await _coordinator.EventsAsync(known, jobId, s_patience, stopping).ConfigureAwait(false);
        lock (_gate)
        {
            if (_jobs.TryGetValue(jobId, out WatchedJob? job) && job.Watchers > 0)
            {
                (job.Report, job.Tasks, job.Events) = (report, tasks, events);
            }
        }
    }

    private void OnMembers(ClusterMembers members) => Publish(view => view with { Members = members });

    private void Publish(Func<ClusterView, ClusterView> change)
    {
        lock (_gate)
        {
            Volatile.Write(ref _current, change(_current) with { Sequence = _current.Sequence + 1 });
        }

        Changed?.Invoke();
    }

    private WatchedJob JobOf(string jobId)
    {
        if (!_jobs.TryGetValue(jobId, out WatchedJob? job))
        {
            _jobs.Add(jobId, job = new WatchedJob());
        }

        return job;
    }

    private void Unwatch(string jobId)
    {
        lock (_gate)
        {
            if (_jobs.TryGetValue(jobId, out WatchedJob? job) && --job.Watchers == 0)
            {
                (job.Report, job.Tasks, job.Events) = (null, null, null);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "What is shown of jobs is out of date: {Reason}")]
    private static partial void LogSilent(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Information, "The coordinator answers again")]
    private static partial void LogAnswered(ILogger logger);

    private sealed class WatchedJob
    {
        private const double ShortestStep = 0.5;

        private JobProgressed? _last;
        private DateTimeOffset _lastAt;

        public int Watchers { get; set; }

        public JobReported? Report { get; set; }

        public JobTasks? Tasks { get; set; }

        public JobEvents? Events { get; set; }

        public History<ProgressPoint> History { get; } = new(MostPoints);

        public void Note(JobProgressed progress, DateTimeOffset at, ImmutableArray<NodeStatistics> nodes)
        {
            // Within one stage; the next one begins at nothing.
            double seconds = (at - _lastAt).TotalSeconds;
            if (_last is { } before && before.Phase == progress.Phase && before.Detail == progress.Detail && seconds < ShortestStep)
            {
                // Asked out of turn: too short to tell a speed by.
                return;
            }

            double speed = progress.UnitsAreBytes && _last is { } last && last.Phase == progress.Phase && last.Detail == progress.Detail && seconds > 0
                ? Math.Max(0, (progress.DoneUnits - last.DoneUnits) / seconds)
                : 0;
            (_last, _lastAt) = (progress, at);
            History.Add(new ProgressPoint(at, progress.Phase, progress.DoneUnits, progress.TotalUnits, speed, [.. nodes.Select(node => SpeedOf(node, progress.JobId)).Where(node => node.BytesPerSecond > 0)]));
        }

        private static NodeSpeed SpeedOf(NodeStatistics node, string jobId) =>
            new(node.Address, node.Tasks.Where(task => task.JobId == jobId && task.Kind.CountsBytes()).Sum(task => task.UnitsPerSecond));
    }

    private sealed class Watching(ClusterFeed feed, string jobId) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                feed.Unwatch(jobId);
            }
        }
    }
}

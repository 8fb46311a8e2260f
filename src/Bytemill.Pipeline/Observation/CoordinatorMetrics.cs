using System.Diagnostics;
using System.Diagnostics.Metrics;
using static Bytemill.Pipeline.PipelineTelemetry;

namespace Bytemill.Pipeline;

/// <summary>Metrics of the coordinator, on the node that it is on; they are gone when it goes. What the names mean stands in docs/operations.md.</summary>
internal sealed class CoordinatorMetrics : IDisposable
{
    private readonly Meter _meter = new(MeterName, ProgramVersion.Text);
    private readonly Counter<long> _written;
    private readonly Histogram<double> _writing;
    private readonly Queue<long> _unwritten = new();
    private CoordinatorFigures? _figures;

    public CoordinatorMetrics()
    {
        _written = _meter.CreateCounter<long>("bytemill.journal.events", null, "Decisions written to the journal.");
        _writing = _meter.CreateHistogram<double>(
            "bytemill.journal.write",
            "s",
            "From a decision to its being written in the journal.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10] });
        Gauge("bytemill.jobs", "Jobs, by status; ended ones as far as they are remembered.", figures => figures.Jobs.Select(
            jobs => new Measurement<long>(jobs.Count, new KeyValuePair<string, object?>("status", jobs.Status.ToString().ToLowerInvariant()))));
        Gauge("bytemill.job.done", "Units done of the open stage of each job: bytes of text, or tasks.", figures => figures.Progress.Select(job => Of(job, job.DoneUnits)));
        Gauge("bytemill.job.total", "Units of the open stage of each job.", figures => figures.Progress.Select(job => Of(job, job.TotalUnits)));
        Gauge("bytemill.queue.waiting", "Tasks of open stages that nobody has begun.", figures => [new(figures.WaitingTasks)]);
        Gauge("bytemill.queue.given", "Tasks that somebody has been given.", figures => [new(figures.RunningTasks)]);
        Gauge("bytemill.coordinator.workers", "Workers that the coordinator knows.", figures => [new(figures.Workers)]);
        Gauge("bytemill.coordinator.shard.hosts", "Owners of shards that the coordinator knows.", figures => [new(figures.ShardHosts)]);
        Gauge("bytemill.coordinator.epoch", "How often a coordinator has taken over.", figures => [new(figures.Epoch)]);
        _meter.CreateObservableCounter(
            "bytemill.task.failures", () => Read(figures => [new(figures.Failures)]), null, "Attempts that failed or were lost with their process, since the coordinator took over.");
        _meter.CreateObservableCounter(
            "bytemill.task.retries", () => Read(figures => [new(figures.Retries)]), null, "Attempts beyond the first of their task, since the coordinator took over.");
    }

    /// <summary>What is told; taken from the machine about once a second.</summary>
    public CoordinatorFigures? Figures
    {
        get => Volatile.Read(ref _figures);
        set => Volatile.Write(ref _figures, value);
    }

    /// <summary>So many events are handed to the journal.</summary>
    public void Writing(int events)
    {
        long now = Stopwatch.GetTimestamp();
        for (int i = 0; i < events; i++)
        {
            _unwritten.Enqueue(now);
        }
    }

    /// <summary>The next of them is written.</summary>
    public void Written()
    {
        _written.Add(1);
        if (_unwritten.TryDequeue(out long begin))
        {
            _writing.Record(Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string description, Func<CoordinatorFigures, IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableGauge(name, () => Read(read), null, description);

    private IEnumerable<Measurement<long>> Read(Func<CoordinatorFigures, IEnumerable<Measurement<long>>> read) => Figures is { } figures ? read(figures) : [];

    private static Measurement<long> Of(JobProtocol.JobProgressed job, long value) =>
        new(value, new KeyValuePair<string, object?>("job", job.JobId), new KeyValuePair<string, object?>("phase", NameOf(job.Phase)));
}

using System.Diagnostics.Metrics;
using static Bytemill.Pipeline.PipelineTelemetry;

namespace Bytemill.Pipeline;

/// <summary>
/// Metrics of what a node computes. Counted when a task ends, or looked at when somebody asks: never for each row. What the names mean
/// stands in docs/operations.md.
/// </summary>
internal sealed class NodeMetrics : IDisposable
{
    private readonly Meter _meter = new(MeterName, ProgramVersion.Text);
    private readonly Counter<long> _tasks;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _written;
    private readonly Histogram<double> _duration;

    public NodeMetrics(NodeServices node)
    {
        NodeMeter meter = node.Meter;
        _tasks = _meter.CreateCounter<long>("bytemill.tasks", null, "Attempts at tasks that have ended here, by phase and outcome: done, failed or given_up.");
        _rows = _meter.CreateCounter<long>("bytemill.rows", null, "Rows of the corpus that tasks done here have taken, by phase.");
        _written = _meter.CreateCounter<long>("bytemill.written", "By", "Bytes of the files that tasks done here have left, by phase.");
        _duration = _meter.CreateHistogram<double>(
            "bytemill.task.duration",
            "s",
            "How long tasks done here took, by phase.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000] });
        _meter.CreateObservableCounter(
            "bytemill.text", () => meter.TextBytes().Select(entry => new Measurement<long>(entry.Bytes, Of(entry.Phase))), "By", "Bytes of text read here, by phase; those of tasks that run, and of attempts that failed, included.");
        _meter.CreateObservableGauge(
            "bytemill.tasks.running",
            () => Enum.GetValues<Phase>().Select(phase => new Measurement<int>(meter.Running.Count(task => task.Assignment.Stage.Kind.Phase() == phase), Of(phase))),
            null,
            "Tasks that are being computed here, by phase.");
        _meter.CreateObservableGauge("bytemill.workers", () => node.Options.Roles.Contains(ClusterRoles.Worker) ? node.Options.Workers : 0, null, "Tasks that workers here run at the same time at most.");
        _meter.CreateObservableGauge("bytemill.shards", () => meter.Shards.Sum(owned => owned.Shards.Length), null, "Slices of key spaces that are owned here.");
        _meter.CreateObservableCounter("bytemill.spill", () => meter.SpilledBytes, "By", "Bytes of the temporary files of tasks that have ended here.");
        _meter.CreateObservableGauge("bytemill.spill.present", () => meter.Running.Sum(task => task.Scratch?.PresentBytes() ?? 0), "By", "Bytes of the temporary files that are open here.");
        _meter.CreateObservableGauge("bytemill.memory.resident", () => Environment.WorkingSet, "By", "Resident set of the process.");
        _meter.CreateObservableGauge("bytemill.memory.budget", () => node.BudgetBytes + MemoryPlan.RuntimeBytes, "By", "What the process may take: its budget, and what the runtime takes beside it.");
        _meter.CreateObservableCounter("bytemill.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Time of processors that the process has used.");
        _meter.CreateObservableGauge("bytemill.processors", () => Environment.ProcessorCount, null, "Processors that the process may use.");
        _meter.CreateObservableGauge(
            "bytemill.dispatcher.delay",
            () => new Measurement<double>[]
            {
                new(meter.Dispatcher.LongestMs / 1000, new KeyValuePair<string, object?>("dispatcher", "default")),
                new(meter.Heartbeats.LongestMs / 1000, new KeyValuePair<string, object?>("dispatcher", "heartbeat")),
            },
            "s",
            "Longest that a message waited before an actor got it, in the last ten seconds, by dispatcher.");
    }

    public void Done(StageKind kind, TaskMetrics metrics, long elapsedMs)
    {
        KeyValuePair<string, object?> phase = Of(kind.Phase());
        _tasks.Add(1, phase, new KeyValuePair<string, object?>("outcome", "done"));
        _rows.Add(metrics.Rows, phase);
        _written.Add(metrics.WrittenBytes, phase);
        _duration.Record(elapsedMs / 1000.0, phase);
    }

    public void Failed(StageKind kind) => _tasks.Add(1, Of(kind.Phase()), new KeyValuePair<string, object?>("outcome", "failed"));

    /// <summary>It was told to stop: its job is over or paused, or the node leaves.</summary>
    public void GivenUp(StageKind kind) => _tasks.Add(1, Of(kind.Phase()), new KeyValuePair<string, object?>("outcome", "given_up"));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Of(Phase phase) => new("phase", NameOf(phase));
}

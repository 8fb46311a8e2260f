using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Everything that a task may use.</summary>
internal sealed class TaskContext
{
    private readonly TaskMeter _meter;

    public TaskContext(
        JobContext job,
        StageSpec stage,
        int index,
        AttemptDirectory output,
        NodeServices node,
        TaskMeter meter,
        CancellationToken cancellation)
    {
        Job = job;
        Stage = stage;
        Index = index;
        Output = output;
        Memory = node.Memory;
        Threads = node.Cpu.Threads;
        _meter = meter;
        Cancellation = cancellation;
    }

    public JobContext Job { get; }

    public JobPlan Plan => Job.Plan;

    public JobSpec Spec => Job.Plan.Spec;

    public StageSpec Stage { get; }

    public int Index { get; }

    public AttemptDirectory Output { get; }

    public MemoryPlan Memory { get; }

    /// <summary>Threads that a task which runs alone may use.</summary>
    public int Threads { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>Progress: units (bytes of text for worker tasks) done since the attempt began.</summary>
    public void ReportUnits(long unitsDone) => _meter.Units = unitsDone;

    /// <summary>A file of one task of an earlier stage.</summary>
    public RunOpener Open(string manifest, int task, string file) => Job.Open(manifest, task, file);

    /// <summary>The same file of every task of an earlier stage, in order of the tasks.</summary>
    public IReadOnlyList<RunOpener> OpenAll(string manifest, string file) => Job.OpenAll(manifest, file);
}

using System.Diagnostics;
using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Pipeline;

/// <summary>One attempt at a task from its beginning to its commit or its removal.</summary>
internal static class TaskAttempt
{
    /// <returns>The committed attempt.</returns>
    public static Outcome Run(NodeServices node, TaskMeter meter, CancellationToken cancellation)
    {
        node.Meter.Begin(meter);
        try
        {
            return RunMeasured(node, meter, cancellation);
        }
        finally
        {
            node.Meter.End(meter);
        }
    }

    private static Outcome RunMeasured(NodeServices node, TaskMeter meter, CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        AssignTask assign = meter.Assignment;
        using JobContextCache.Lease lease = node.Jobs.Acquire(assign.Task.Job);
        AttemptDirectory directory = lease.Context.Work.BeginAttempt(assign.Task, node.Spill?.Path, node.ResidentSet);
        meter.Scratch = directory.Scratch;
        meter.TotalUnits = lease.Context.Plan.UnitsOf(assign.Stage.Kind, assign.Task.Index);
        bool isCommitted = false;
        try
        {
            var context = new TaskContext(lease.Context, assign.Stage, assign.Task.Index, directory, node, meter, cancellation);
            TaskMetrics metrics = TaskBodies.For(assign.Stage.Kind).Run(context);
            cancellation.ThrowIfCancellationRequested();
            long writtenBytes = directory.Commit();
            isCommitted = true;
            return new Outcome(
                directory,
                metrics with { WrittenBytes = writtenBytes, ScratchBytes = directory.Scratch.WrittenBytes },
                (long)Math.Ceiling(Stopwatch.GetElapsedTime(begin).TotalMilliseconds));
        }
        finally
        {
            if (!isCommitted)
            {
                directory.Discard();
            }
        }
    }

    internal sealed record Outcome(AttemptDirectory Directory, TaskMetrics Metrics, long ElapsedMs);
}

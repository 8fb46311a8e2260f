using System.Diagnostics;
using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Pipeline;

/// <summary>One attempt at a task from its beginning to its commit or its removal.</summary>
internal static class TaskAttempt
{
    /// <returns>The committed attempt.</returns>
    public static Outcome Run(NodeServices node, TaskMeter meter, CancellationToken cancellation)
    {
        StageKind kind = meter.Assignment.Stage.Kind;
        using Activity? span = StartSpan(meter.Assignment);
        node.Meter.Begin(meter);
        try
        {
            Outcome outcome = RunMeasured(node, meter, cancellation);
            meter.Units = outcome.Metrics.Units;
            node.Metrics.Done(kind, outcome.Metrics, outcome.ElapsedMs);
            return outcome;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            span?.SetStatus(ActivityStatusCode.Error, "given up");
            node.Metrics.GivenUp(kind);
            throw;
        }
        catch (Exception e)
        {
            span?.SetStatus(ActivityStatusCode.Error, UserErrors.Describe(e));
            node.Metrics.Failed(kind);
            throw;
        }
        finally
        {
            node.Meter.End(meter);
        }
    }

    private static Activity? StartSpan(AssignTask assign)
    {
        if (!ActivityContext.TryParse(assign.TraceParent, null, isRemote: true, out ActivityContext parent))
        {
            return null;
        }

        Activity? span = PipelineTelemetry.Source.StartActivity($"task {PipelineTelemetry.NameOf(assign.Stage.Kind.Phase())}", ActivityKind.Consumer, parent);
        TaskIdentity task = assign.Task;
        return span?.SetTag("bytemill.job", task.Job.JobId)
            .SetTag("bytemill.stage", task.Stage)
            .SetTag("bytemill.kind", assign.Stage.Kind.ToString())
            .SetTag("bytemill.task", task.Index)
            .SetTag("bytemill.attempt", task.Attempt);
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
            long writtenBytes = directory.Commit(cancellation);
            isCommitted = true;
            return new Outcome(
                directory,
                metrics with { WrittenBytes = writtenBytes, ScratchBytes = directory.Scratch.WrittenBytes },
                (long)Math.Ceiling(Stopwatch.GetElapsedTime(begin).TotalMilliseconds));
        }
        catch (Exception e) when (UserErrors.IsWorkFileFault(e))
        {
            lease.Context.Work.DropCopies();
            throw;
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

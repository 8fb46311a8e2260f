using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Pipeline;

/// <summary>One attempt at a task from its beginning to its commit or its removal.</summary>
internal static class TaskAttempt
{
    /// <returns>The committed attempt.</returns>
    public static Outcome Run(NodeServices node, AssignTask assign, Action<long> reportUnits, CancellationToken cancellation)
    {
        using JobContextCache.Lease lease = node.Jobs.Acquire(assign.Task.Job);
        AttemptDirectory directory = lease.Context.Work.BeginAttempt(assign.Task, node.Spill?.Path, node.ResidentSet);
        bool isCommitted = false;
        try
        {
            var context = new TaskContext(lease.Context, assign.Stage, assign.Task.Index, directory, node, reportUnits, cancellation);
            TaskMetrics metrics = TaskBodies.For(assign.Stage.Kind).Run(context);
            cancellation.ThrowIfCancellationRequested();
            long writtenBytes = directory.Commit();
            isCommitted = true;
            return new Outcome(directory, metrics with { WrittenBytes = writtenBytes, ScratchBytes = directory.Scratch.WrittenBytes });
        }
        finally
        {
            if (!isCommitted)
            {
                directory.Discard();
            }
        }
    }

    internal sealed record Outcome(AttemptDirectory Directory, TaskMetrics Metrics);
}

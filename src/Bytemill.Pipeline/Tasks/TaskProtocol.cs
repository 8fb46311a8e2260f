using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>Messages between the coordinator and those who run tasks: workers and shard owners.</summary>
public static class TaskProtocol
{
    /// <summary>A worker with nothing to do asks for a task; repeated until one comes.</summary>
    public sealed record RequestTask(string WorkerId) : IWireMessage;

    /// <summary>Run this attempt.</summary>
    /// <param name="Task">The attempt.</param>
    /// <param name="Stage">Its stage.</param>
    /// <param name="TraceParent">The span that it belongs under, as W3C's <c>traceparent</c>; empty when nobody traces.</param>
    public sealed record AssignTask(TaskIdentity Task, StageSpec Stage, string TraceParent = "") : IWireMessage;

    /// <summary>The attempt is alive.</summary>
    /// <param name="Task">The attempt.</param>
    /// <param name="Units">Units that it has done.</param>
    /// <param name="TotalUnits">Units of the whole task; 0 as long as its plan is not read.</param>
    public sealed record TaskProgressed(TaskIdentity Task, long Units, long TotalUnits = 0) : IWireMessage;

    /// <summary>The attempt is committed under this name; repeated until acknowledged.</summary>
    /// <param name="Task">The attempt.</param>
    /// <param name="AttemptDirectory">The name.</param>
    /// <param name="Metrics">What it did.</param>
    /// <param name="ElapsedMs">How long it took, without the time that it stood in a queue; 0 for not told.</param>
    public sealed record TaskCompleted(TaskIdentity Task, string AttemptDirectory, TaskMetrics Metrics, long ElapsedMs = 0) : IWireMessage;

    /// <summary>The attempt failed; repeated until acknowledged.</summary>
    /// <param name="Task">The attempt.</param>
    /// <param name="Reason">One line for the user.</param>
    /// <param name="IsInputError">Whether the input is at fault, so that trying again cannot help.</param>
    /// <param name="IsDiskFull">Whether it lacked room on a disk, so that trying again helps once there is some.</param>
    /// <param name="IsWorkFileFault">Whether a work file that it read is gone or damaged, so that trying again helps once it is made anew.</param>
    /// <param name="IsStoreOutage">Whether an object store did not answer, so that trying again helps once it does.</param>
    public sealed record TaskFailed(TaskIdentity Task, string Reason, bool IsInputError, bool IsDiskFull, bool IsWorkFileFault, bool IsStoreOutage = false) : IWireMessage;

    /// <summary>The report has been taken note of; it need not be repeated.</summary>
    /// <param name="Task">The task.</param>
    /// <param name="IsAccepted">Whether the attempt is the one that counts; else its files are to be deleted.</param>
    /// <param name="AttemptDirectory">
    /// Which report is meant: the directory of a complete attempt, empty for a failed one. A task given out twice under one number may have
    /// failed first, and the answer to that must not be taken for one to what was completed after it.
    /// </param>
    public sealed record TaskAcknowledged(TaskIdentity Task, bool IsAccepted, string AttemptDirectory) : IWireMessage;

    /// <summary>The job is over on this node: stop its tasks, let go of its files.</summary>
    public sealed record ReleaseJob(JobReference Job) : IWireMessage;

    /// <summary>A node offers to own shards; repeated.</summary>
    public sealed record RegisterShardHost(string HostId) : IWireMessage;

    /// <summary>
    /// The sender, a worker or the owner of shards, leaves: give its tasks to others at once. If it gets lost, the sender's end says
    /// the same a little later.
    /// </summary>
    public sealed record Leaving : IWireMessage
    {
        /// <summary>There is nothing to tell one from another.</summary>
        public static Leaving Instance { get; } = new();
    }

    /// <summary>Own these slices of the job's key space from now on.</summary>
    public sealed record OwnShards(JobReference Job, ShardKind Kind, ImmutableArray<int> Shards) : IWireMessage;
}

using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>
/// Messages between those who watch a cluster and the coordinator. No answer grows with the cluster: each holds as much as fits in a message
/// and says where to go on. All questions may be repeated.
/// </summary>
public static class WatchProtocol
{
    /// <summary>Cells in one answer at most.</summary>
    public const int MostCells = 16_384;

    /// <summary>Tell me of the tasks of a job. Answered by <see cref="JobTasks"/>.</summary>
    /// <param name="JobId">The job; of jobs that have ended the last ones are known.</param>
    /// <param name="Stage">Number of the stage whose tasks are meant; 0: the last one begun.</param>
    /// <param name="First">Index of the first task wanted, of cells and of tasks in full.</param>
    /// <param name="Count">Tasks wanted in full; 0 for cells only.</param>
    /// <param name="Selection">Which of them.</param>
    public sealed record GetJobTasks(
        string JobId, int Stage = 0, int First = 0, int Count = 100, TaskSelection Selection = TaskSelection.All) : IWireMessage;

    /// <summary>Tasks of a job.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="IsKnown">Whether the coordinator knows it (still).</param>
    /// <param name="Stages">All stages begun, in order.</param>
    /// <param name="Stage">The stage that the rest is of; 0 when none has begun, or it is not known.</param>
    /// <param name="First">Index of the task of the first cell.</param>
    /// <param name="Cells">A cell for each task from there on, at most <see cref="MostCells"/>: see <see cref="TaskCell"/>.</param>
    /// <param name="Tasks">What was asked for in full, ascending by index.</param>
    /// <param name="Next">First index that a further question in full should begin with; negative when there are none left.</param>
    public sealed record JobTasks(
        string JobId,
        bool IsKnown,
        ImmutableArray<StageReport> Stages,
        int Stage,
        int First,
        ImmutableArray<TaskCell> Cells,
        ImmutableArray<TaskReport> Tasks,
        int Next) : IWireMessage;

    /// <summary>Tell me what happened to a job. Answered by <see cref="JobEvents"/>.</summary>
    /// <param name="JobId">The job; of jobs that have ended the last ones are known.</param>
    /// <param name="After">Number of the last event that is known already; 0 for all.</param>
    /// <param name="Epoch">The epoch that came with it; a coordinator of another epoch numbers anew, and tells from the beginning.</param>
    public sealed record GetJobEvents(string JobId, long After = 0, long Epoch = 0) : IWireMessage;

    /// <summary>What happened to a job.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="IsKnown">Whether the coordinator knows it (still).</param>
    /// <param name="Epoch">Of the coordinator that tells. When it changes, what was told before is told again.</param>
    /// <param name="Events">In order; the oldest of a job that has many are forgotten.</param>
    /// <param name="LastSequence">Number of the last event there is: when it is above that of the last one here, ask again.</param>
    public sealed record JobEvents(string JobId, bool IsKnown, long Epoch, ImmutableArray<JobEvent> Events, long LastSequence) : IWireMessage;

    /// <summary>A node tells the coordinator how it is; about once a second.</summary>
    public sealed record NodeReported(NodeStatistics Node) : IWireMessage;

    /// <summary>Tell me of the nodes. Answered by <see cref="NodesListed"/>.</summary>
    /// <param name="After">Address of the last one that is known already; empty for all.</param>
    public sealed record ListNodes(string After = "") : IWireMessage;

    /// <summary>Nodes that have told the coordinator of themselves, and have not left, ordinally by address.</summary>
    /// <param name="Nodes">The nodes.</param>
    /// <param name="Coordinator">Address of the node that the coordinator is on.</param>
    /// <param name="IsLast">Whether these are the last; else ask again after the last one of these.</param>
    public sealed record NodesListed(ImmutableArray<NodeStatistics> Nodes, string Coordinator, bool IsLast) : IWireMessage;
}

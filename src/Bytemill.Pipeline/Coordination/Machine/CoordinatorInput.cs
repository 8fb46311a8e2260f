using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>Something that happened outside the coordinator and is told to it.</summary>
internal abstract record CoordinatorInput
{
    /// <summary>All events of the journal are applied; from now on decide.</summary>
    /// <param name="Coordinator">Who decides from now on.</param>
    public sealed record Started(string Coordinator) : CoordinatorInput;

    /// <summary>A client wants a job done.</summary>
    /// <param name="From">Who asks.</param>
    /// <param name="JobId">The job.</param>
    /// <param name="Spec">What is asked for.</param>
    /// <param name="OutputExists">Whether the output directory is there.</param>
    /// <param name="Priority">Jobs of a higher one go first.</param>
    public sealed record JobSubmitted(Party From, string JobId, JobSpec Spec, bool OutputExists, int Priority = 0) : CoordinatorInput;

    /// <summary>A client wants to hear of a job.</summary>
    public sealed record JobWatched(Party From, string JobId) : CoordinatorInput;

    /// <summary>A client wants a job stopped.</summary>
    public sealed record CancelRequested(Party From, string JobId) : CoordinatorInput;

    /// <summary>Somebody wants a job to stand still, and its tasks given back. Answered with the job.</summary>
    public sealed record PauseRequested(Party From, string JobId) : CoordinatorInput;

    /// <summary>Somebody wants a paused job to go on. Answered with the job.</summary>
    public sealed record ResumeRequested(Party From, string JobId) : CoordinatorInput;

    /// <summary>Somebody wants a job to have another priority. Answered with the job.</summary>
    public sealed record PriorityRequested(Party From, string JobId, int Priority) : CoordinatorInput;

    /// <summary>Somebody wants to know of all jobs.</summary>
    public sealed record JobsRequested(Party From) : CoordinatorInput;

    /// <summary>Somebody wants to know of one job.</summary>
    public sealed record JobRequested(Party From, string JobId) : CoordinatorInput;

    /// <summary>Somebody wants to know of the tasks of a job.</summary>
    public sealed record TasksRequested(Party From, WatchProtocol.GetJobTasks Question) : CoordinatorInput;

    /// <summary>Somebody wants to know what happened to a job.</summary>
    public sealed record EventsRequested(Party From, WatchProtocol.GetJobEvents Question) : CoordinatorInput;

    /// <summary>The plan of a job is written.</summary>
    public sealed record Planned(string JobId, PlanFacts Plan) : CoordinatorInput;

    /// <summary>Planning failed or was cancelled.</summary>
    public sealed record PlanFailed(string JobId, string Reason, bool IsInputError) : CoordinatorInput;

    /// <summary>A worker has nothing to do.</summary>
    public sealed record TaskRequested(Party From, string WorkerId) : CoordinatorInput;

    /// <summary>A node offers to own shards.</summary>
    public sealed record ShardHostRegistered(Party From, string HostId) : CoordinatorInput;

    /// <summary>An attempt is alive.</summary>
    public sealed record TaskProgressed(Party From, TaskIdentity Task, long Units, long TotalUnits = 0) : CoordinatorInput;

    /// <summary>An attempt is complete; its files are under this name.</summary>
    public sealed record TaskCompleted(Party From, TaskIdentity Task, CommittedAttempt Attempt, long ElapsedMs = 0) : CoordinatorInput;

    /// <summary>An attempt failed.</summary>
    public sealed record TaskFailed(Party From, TaskIdentity Task, string Reason, bool IsInputError, bool IsDiskFull, bool IsWorkFileFault, bool IsStoreOutage = false) : CoordinatorInput;

    /// <summary>A worker, an owner of shards or a client is gone.</summary>
    /// <param name="Who">Which one.</param>
    /// <param name="IsLeaving">Whether it said so itself, and ends its tasks.</param>
    public sealed record PartyLost(Party Who, bool IsLeaving = false) : CoordinatorInput;

    /// <summary>A fifth of a second has gone by.</summary>
    public sealed record Ticked : CoordinatorInput;

    /// <summary>The pause of a job that stands still is over.</summary>
    public sealed record Retried(string JobId) : CoordinatorInput;

    /// <summary>The manifest of a complete stage is written.</summary>
    public sealed record ManifestWritten(string JobId, int Stage, long ElapsedMs) : CoordinatorInput;

    /// <summary>The manifest of a complete stage could not be written.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Stage">Number of the stage.</param>
    /// <param name="Reason">Why not, in a line.</param>
    /// <param name="IsDiskFull">Whether room is all that it wants.</param>
    /// <param name="IsStorageFault">Whether a disk or an object store failed, which may pass.</param>
    public sealed record ManifestFailed(string JobId, int Stage, string Reason, bool IsDiskFull, bool IsStorageFault = false) : CoordinatorInput;

    /// <summary>The work files of a job that goes on after a restart were looked at.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Missing">Committed attempts whose files are not there, by stage and index.</param>
    /// <param name="Fault">Why the job cannot go on; <c>null</c> when it can.</param>
    /// <param name="Obstacle">Why they could not be looked at, which may pass; <c>null</c> when they were.</param>
    public sealed record AttemptsChecked(string JobId, ImmutableArray<(int Stage, int Index)> Missing, string? Fault, string? Obstacle = null) : CoordinatorInput;

    /// <summary>The files of an ended job are gone, or as far as they can be.</summary>
    public sealed record CleanedUp(string JobId) : CoordinatorInput;
}

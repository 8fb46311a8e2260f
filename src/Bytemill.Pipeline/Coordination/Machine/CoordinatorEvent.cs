namespace Bytemill.Pipeline;

/// <summary>
/// A fact that the coordinator has decided. Whatever must survive its death is one of these; a coordinator that applies all
/// of them in order stands where the old one stood. <c>At</c> is when, for those who watch: no decision rests on it.
/// </summary>
internal abstract record CoordinatorEvent
{
    /// <summary>A coordinator has taken over. First event of each; its attempts and messages carry the epoch.</summary>
    /// <param name="Epoch">Its number, above all that there were.</param>
    /// <param name="Coordinator">Who it is: so that one whose write failed can tell whether it has been replaced.</param>
    /// <param name="At">When, in milliseconds since 1970-01-01 UTC; 0 where it was not written down.</param>
    public sealed record CoordinatorStarted(long Epoch, string Coordinator, long At = 0) : CoordinatorEvent;

    /// <summary>A job stands in the queue.</summary>
    /// <param name="JobId">Its id.</param>
    /// <param name="Spec">What is asked for.</param>
    /// <param name="OutputExisted">Whether the output directory was there before: then it stays when the job leaves nothing in it.</param>
    /// <param name="Priority">Jobs of a higher one go first.</param>
    /// <param name="At">When, in milliseconds since 1970-01-01 UTC; 0 where it was not written down.</param>
    public sealed record JobAccepted(string JobId, JobSpec Spec, bool OutputExisted, int Priority = 0, long At = 0) : CoordinatorEvent;

    /// <summary>The job stands still until it is resumed; its tasks have been given back.</summary>
    public sealed record JobPaused(string JobId, long At = 0) : CoordinatorEvent;

    /// <summary>The job stands in the queue again.</summary>
    public sealed record JobResumed(string JobId, long At = 0) : CoordinatorEvent;

    /// <summary>The job has another priority.</summary>
    public sealed record JobPrioritized(string JobId, int Priority, long At = 0) : CoordinatorEvent;

    /// <summary>The plan is written; the first stage is open.</summary>
    public sealed record JobPlanned(string JobId, PlanFacts Plan, long At = 0) : CoordinatorEvent;

    /// <summary>Of all attempts at the task this is the one that counts.</summary>
    public sealed record AttemptCommitted(string JobId, int Stage, int Index, CommittedAttempt Attempt) : CoordinatorEvent;

    /// <summary>All tasks are committed and the manifest is written; the next stage is open.</summary>
    public sealed record StageClosed(string JobId, int Stage, TaskMetrics Total, long ElapsedMs, long At = 0) : CoordinatorEvent;

    /// <summary>The files of a committed attempt are gone: its task must be done again.</summary>
    public sealed record AttemptInvalidated(string JobId, int Stage, int Index) : CoordinatorEvent;

    /// <summary>The job goes back to a stage, which continues under a new number; all later ones are done again.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Stage">The stage.</param>
    /// <param name="Number">Its new number, above all that there were: a manifest's name never means two things.</param>
    /// <param name="At">When, in milliseconds since 1970-01-01 UTC; 0 where it was not written down.</param>
    public sealed record StageReopened(string JobId, int Stage, int Number, long At = 0) : CoordinatorEvent;

    /// <summary>The job is over; its files are to be removed.</summary>
    public sealed record JobEnding(string JobId, JobEnd End, long At = 0) : CoordinatorEvent;

    /// <summary>The job is over and its files are gone, or it never began.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="End">How it ended.</param>
    /// <param name="At">When, in milliseconds since 1970-01-01 UTC; 0 where it was not written down.</param>
    public sealed record JobEnded(string JobId, JobEnd End, long At = 0) : CoordinatorEvent;
}

using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>Messages between those who want jobs done and the coordinator.</summary>
public static class JobProtocol
{
    /// <summary>Start a job. Answered by <see cref="JobAccepted"/>; sending it again changes nothing.</summary>
    /// <param name="JobId">Its id, of the client's choice.</param>
    /// <param name="Spec">What is asked for.</param>
    /// <param name="Priority">Jobs of a higher one go first; equal ones in the order in which they came.</param>
    public sealed record SubmitJob(string JobId, JobSpec Spec, int Priority = 0) : IWireMessage;

    /// <summary>The job is queued or running.</summary>
    public sealed record JobAccepted(string JobId) : IWireMessage;

    /// <summary>Send <see cref="JobProgressed"/> and the end of the job to me from now on.</summary>
    public sealed record WatchJob(string JobId) : IWireMessage;

    /// <summary>Stop the job and delete its work files.</summary>
    public sealed record CancelJob(string JobId) : IWireMessage;

    /// <summary>
    /// Let the job stand still until it is resumed: what runs of it is given back, what is done stays. Answered by <see cref="JobReported"/>.
    /// </summary>
    public sealed record PauseJob(string JobId) : IWireMessage;

    /// <summary>Put a paused job back in the queue. Answered by <see cref="JobReported"/>.</summary>
    public sealed record ResumeJob(string JobId) : IWireMessage;

    /// <summary>Give the job another priority. Answered by <see cref="JobReported"/>.</summary>
    public sealed record PrioritizeJob(string JobId, int Priority) : IWireMessage;

    /// <summary>Tell me of one job. Answered by <see cref="JobReported"/>.</summary>
    public sealed record GetJob(string JobId) : IWireMessage;

    /// <summary>Tell me of all jobs. Answered by <see cref="JobsListed"/>.</summary>
    public sealed record ListJobs : IWireMessage
    {
        /// <summary>The only one.</summary>
        public static ListJobs Instance { get; } = new();
    }

    /// <summary>A job as it stands.</summary>
    /// <param name="JobId">Its id.</param>
    /// <param name="Job">The job; <c>null</c> when the coordinator does not know it (any more).</param>
    /// <param name="Stages">Planning and the stages done, in order; empty once the job is over (its manifest has them).</param>
    /// <param name="Poison">The task that it failed of; <c>null</c> where there is none.</param>
    /// <param name="Refusal">Why what was asked for has not been done; empty when it has.</param>
    public sealed record JobReported(string JobId, JobSummary? Job, ImmutableArray<StageTime> Stages, PoisonTask? Poison, string Refusal) : IWireMessage;

    /// <summary>All jobs that run or wait, in the order in which they go on, and the last that have ended, newest first.</summary>
    /// <param name="Jobs">The jobs.</param>
    /// <param name="MaxRunning">How many run at the same time.</param>
    public sealed record JobsListed(ImmutableArray<JobSummary> Jobs, int MaxRunning) : IWireMessage;

    /// <summary>How far a job is.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Phase">Present phase.</param>
    /// <param name="Detail">What is being done, in a few words.</param>
    /// <param name="DoneUnits">Units done of the stage, running tasks included.</param>
    /// <param name="TotalUnits">Units of the stage.</param>
    /// <param name="UnitsAreBytes">Whether units are bytes of text (else tasks).</param>
    /// <param name="DoneTasks">Tasks committed.</param>
    /// <param name="TotalTasks">Tasks of the stage.</param>
    /// <param name="Workers">Workers known to the coordinator.</param>
    /// <param name="ShardHosts">Nodes that own shards.</param>
    /// <param name="Notice">Why the job stands still and what to do; empty while it goes on.</param>
    public sealed record JobProgressed(
        string JobId,
        Phase Phase,
        string Detail,
        long DoneUnits,
        long TotalUnits,
        bool UnitsAreBytes,
        int DoneTasks,
        int TotalTasks,
        int Workers,
        int ShardHosts,
        string Notice) : IWireMessage;

    /// <summary>The results are in place.</summary>
    public sealed record JobCompleted(string JobId, string ManifestPath) : IWireMessage;

    /// <summary>The job ended without results.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Reason">One line for the user.</param>
    /// <param name="IsInputError">Whether the input or an option is at fault (else the run).</param>
    /// <param name="Poison">The task that it failed of; <c>null</c> where there is none.</param>
    public sealed record JobFailed(string JobId, string Reason, bool IsInputError, PoisonTask? Poison = null) : IWireMessage;

    /// <summary>The job was cancelled and its work files are gone.</summary>
    public sealed record JobCancelled(string JobId) : IWireMessage;
}

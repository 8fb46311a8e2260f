namespace Bytemill.Pipeline;

/// <summary>Messages between those who want jobs done and the coordinator.</summary>
public static class JobProtocol
{
    /// <summary>Start a job. Answered by <see cref="JobAccepted"/>; sending it again changes nothing.</summary>
    public sealed record SubmitJob(string JobId, JobSpec Spec) : IWireMessage;

    /// <summary>The job is queued or running.</summary>
    public sealed record JobAccepted(string JobId) : IWireMessage;

    /// <summary>Send <see cref="JobProgressed"/> and the end of the job to me from now on.</summary>
    public sealed record WatchJob(string JobId) : IWireMessage;

    /// <summary>Stop the job and delete its work files.</summary>
    public sealed record CancelJob(string JobId) : IWireMessage;

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
    public sealed record JobFailed(string JobId, string Reason, bool IsInputError) : IWireMessage;

    /// <summary>The job was cancelled and its work files are gone.</summary>
    public sealed record JobCancelled(string JobId) : IWireMessage;
}

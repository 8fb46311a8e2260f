using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.Pipeline;

/// <summary>How a job ended.</summary>
/// <param name="Kind">Which end.</param>
/// <param name="Text">Path of the manifest of a completed job, the reason of a failed one; else empty.</param>
/// <param name="IsInputError">Whether the input or an option is at fault.</param>
/// <param name="Poison">The task that a failed job failed of; <c>null</c> where there is none.</param>
internal sealed record JobEnd(JobEndKind Kind, string Text = "", bool IsInputError = false, PoisonTask? Poison = null)
{
    /// <summary>How a list of jobs calls it.</summary>
    public JobStatus Status => Kind switch
    {
        JobEndKind.Completed => JobStatus.Completed,
        JobEndKind.Failed => JobStatus.Failed,
        JobEndKind.Cancelled => JobStatus.Cancelled,
        _ => throw new InvalidOperationException($"Unknown end of a job {Kind}."),
    };

    public static JobEnd Cancelled { get; } = new(JobEndKind.Cancelled);

    public static JobEnd Completed(string manifestPath) => new(JobEndKind.Completed, manifestPath);

    public static JobEnd Failed(string reason, bool isInputError, PoisonTask? poison = null) => new(JobEndKind.Failed, reason, isInputError, poison);

    /// <summary>How those who wait for the job are told.</summary>
    public IWireMessage ToMessage(string jobId) => Kind switch
    {
        JobEndKind.Completed => new JobCompleted(jobId, Text),
        JobEndKind.Failed => new JobFailed(jobId, Text, IsInputError, Poison),
        JobEndKind.Cancelled => new JobCancelled(jobId),
        _ => throw new InvalidOperationException($"Unknown end of a job {Kind}."),
    };
}

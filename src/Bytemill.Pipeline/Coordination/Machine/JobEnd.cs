using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.Pipeline;

/// <summary>How a job ended.</summary>
/// <param name="Kind">Which end.</param>
/// <param name="Text">Path of the manifest of a completed job, the reason of a failed one; else empty.</param>
/// <param name="IsInputError">Whether the input or an option is at fault.</param>
internal sealed record JobEnd(JobEndKind Kind, string Text = "", bool IsInputError = false)
{
    public static JobEnd Cancelled { get; } = new(JobEndKind.Cancelled);

    public static JobEnd Completed(string manifestPath) => new(JobEndKind.Completed, manifestPath);

    public static JobEnd Failed(string reason, bool isInputError) => new(JobEndKind.Failed, reason, isInputError);

    /// <summary>How those who wait for the job are told.</summary>
    public IWireMessage ToMessage(string jobId) => Kind switch
    {
        JobEndKind.Completed => new JobCompleted(jobId, Text),
        JobEndKind.Failed => new JobFailed(jobId, Text, IsInputError),
        JobEndKind.Cancelled => new JobCancelled(jobId),
        _ => throw new InvalidOperationException($"Unknown end of a job {Kind}."),
    };
}

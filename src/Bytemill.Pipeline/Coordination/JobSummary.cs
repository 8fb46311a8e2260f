namespace Bytemill.Pipeline;

/// <summary>A job in a list of jobs.</summary>
/// <param name="JobId">Its id.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Mode">What it does; <c>null</c> when it was cancelled before it was accepted.</param>
/// <param name="OutputDirectory">Where to; empty in that case.</param>
/// <param name="Priority">Jobs of a higher one go first.</param>
/// <param name="AcceptedAt">When it was accepted, in milliseconds since 1970-01-01 UTC; 0 when unknown.</param>
/// <param name="EndedAt">When it ended, likewise; 0 when it has not.</param>
/// <param name="Progress">How far it is; <c>null</c> once it is over.</param>
/// <param name="Text">Path of the manifest of a completed job, the reason of a failed one; else empty.</param>
public sealed record JobSummary(
    string JobId,
    JobStatus Status,
    JobMode? Mode,
    string OutputDirectory,
    int Priority,
    long AcceptedAt,
    long EndedAt,
    JobProtocol.JobProgressed? Progress,
    string Text);

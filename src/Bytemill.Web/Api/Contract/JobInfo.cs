using System.ComponentModel;
using System.Text.Json.Serialization;
using Bytemill.Pipeline;

namespace Bytemill.Web.Api;

/// <summary>A job in a list of jobs.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status"><c>waiting</c>, <c>running</c>, <c>paused</c>, <c>ending</c>, <c>completed</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="Mode"><c>run</c>, <c>train</c> or <c>tokenize</c>; absent when it was cancelled before it was accepted.</param>
/// <param name="Output">Directory of its results.</param>
/// <param name="Priority">Jobs of a higher one go first.</param>
/// <param name="SubmittedAt">When it was accepted.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Progress">How far it is; absent once it is over.</param>
/// <param name="Text">Path of the manifest of a completed job, the reason of a failed one.</param>
[Description("A job.")]
public sealed record JobInfo(
    string Id,
    string Status,
    string? Mode,
    string Output,
    int Priority,
    DateTimeOffset? SubmittedAt,
    DateTimeOffset? EndedAt,
    JobProgressInfo? Progress,
    string? Text)
{
    /// <summary>As the coordinator has it.</summary>
    public static JobInfo Of(JobSummary job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return new JobInfo(
            job.JobId,
            JsonText.NameOf(job.Status),
            job.Mode is { } mode ? JsonText.NameOf(mode) : null,
            job.OutputDirectory,
            job.Priority,
            JsonText.Instant(job.AcceptedAt),
            JsonText.Instant(job.EndedAt),
            job.Progress is { } progress ? JobProgressInfo.Of(progress) : null,
            JsonText.OrNull(job.Text));
    }

    /// <summary>Whether nothing more happens to it.</summary>
    [JsonIgnore]
    public bool IsOver => Status is "completed" or "failed" or "cancelled";
}

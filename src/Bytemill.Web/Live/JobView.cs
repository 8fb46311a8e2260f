using System.Collections.Immutable;
using Bytemill.Pipeline;
using static Bytemill.Pipeline.JobProtocol;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Web.Live;

/// <summary>A job at one moment, in full. Immutable.</summary>
/// <param name="Report">The coordinator's answer; <c>null</c> before the first.</param>
/// <param name="History">How far it was, about once a second, oldest first.</param>
/// <param name="Tasks">
/// Tasks of the stage that was begun last: a cell for each, and in full those that run and those of which an attempt came to nothing, as many as fit
/// in a message; <c>null</c> before the first answer.
/// </param>
/// <param name="Events">What happened to it, oldest first.</param>
public sealed record JobView(JobReported? Report, ImmutableArray<ProgressPoint> History, JobTasks? Tasks, ImmutableArray<JobEvent> Events)
{
    /// <summary>Before the first answer.</summary>
    public static JobView None { get; } = new(null, [], null, []);
}

using System.Collections.Immutable;
using System.ComponentModel;
using Bytemill.Pipeline;

namespace Bytemill.Web.Api;

/// <summary>Jobs of a cluster.</summary>
/// <param name="Jobs">Those that run or wait, in the order in which they go on, then the last that have ended, newest first.</param>
/// <param name="MaxRunning">How many run at the same time.</param>
[Description("Jobs that run or wait, in the order in which they go on, then the last that have ended, newest first.")]
public sealed record JobList(ImmutableArray<JobInfo> Jobs, int MaxRunning)
{
    /// <summary>As the coordinator has them.</summary>
    public static JobList Of(IEnumerable<JobSummary> jobs, int maxRunning) => new([.. jobs.Select(JobInfo.Of)], maxRunning);
}

using System.ComponentModel;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.Web.Api;

/// <summary>How far a job is.</summary>
/// <param name="Phase">Present phase.</param>
/// <param name="Detail">What is being done, in a few words.</param>
/// <param name="DoneUnits">Units done of the stage, running tasks included.</param>
/// <param name="TotalUnits">Units of the stage.</param>
/// <param name="Unit"><c>bytes</c> of text, or <c>tasks</c>.</param>
/// <param name="DoneTasks">Tasks committed.</param>
/// <param name="TotalTasks">Tasks of the stage.</param>
/// <param name="Workers">Workers known to the coordinator.</param>
/// <param name="ShardHosts">Nodes that own shards.</param>
/// <param name="Notice">Why the job stands still and what to do; absent while it goes on.</param>
[Description("How far a job is.")]
public sealed record JobProgressInfo(
    string Phase,
    string Detail,
    long DoneUnits,
    long TotalUnits,
    string Unit,
    int DoneTasks,
    int TotalTasks,
    int Workers,
    int ShardHosts,
    string? Notice)
{
    private const string Bytes = "bytes";

    /// <summary>As the coordinator has it.</summary>
    public static JobProgressInfo Of(JobProgressed progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        return new JobProgressInfo(
            JsonText.NameOf(progress.Phase),
            progress.Detail,
            progress.DoneUnits,
            progress.TotalUnits,
            progress.UnitsAreBytes ? Bytes : "tasks",
            progress.DoneTasks,
            progress.TotalTasks,
            progress.Workers,
            progress.ShardHosts,
            JsonText.OrNull(progress.Notice));
    }

    /// <summary>The same for who shows it as of a local run.</summary>
    /// <param name="jobId">The job.</param>
    public JobProgressed ToMessage(string jobId) => new(
        jobId,
        Enum.Parse<Pipeline.Phase>(Phase.Replace("_", "", StringComparison.Ordinal), ignoreCase: true),
        Detail,
        DoneUnits,
        TotalUnits,
        Unit == Bytes,
        DoneTasks,
        TotalTasks,
        Workers,
        ShardHosts,
        Notice ?? "");
}

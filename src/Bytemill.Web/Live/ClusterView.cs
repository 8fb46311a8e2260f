using System.Collections.Immutable;
using Bytemill.Pipeline;

namespace Bytemill.Web.Live;

/// <summary>The cluster at one moment. Immutable.</summary>
public sealed record ClusterView
{
    /// <summary>Before the first answer.</summary>
    public static ClusterView None { get; } = new();

    /// <summary>Number of this view; a later one has a higher number.</summary>
    public long Sequence { get; init; }

    /// <summary>When the coordinator answered last; the default before it has.</summary>
    public DateTimeOffset AnsweredAt { get; init; }

    /// <summary>Why <see cref="Jobs"/> may be out of date: the coordinator does not answer at present; <c>null</c> when it does.</summary>
    public string? Fault { get; init; }

    /// <summary>Jobs that run or wait, in the order in which they go on, then the last that have ended, newest first.</summary>
    public ImmutableArray<JobSummary> Jobs { get; init; } = [];

    /// <summary>How many jobs run at the same time.</summary>
    public int MaxRunning { get; init; }

    /// <summary>Members of the cluster and what happened to them.</summary>
    public ClusterMembers Members { get; init; } = ClusterMembers.None;

    /// <summary>Nodes as they say they are, ordinally by address.</summary>
    public ImmutableArray<NodeStatistics> Nodes { get; init; } = [];

    /// <summary>Address of the node that the coordinator is on; empty before it has said so.</summary>
    public string Coordinator { get; init; } = "";

    /// <summary>A job of the list; <c>null</c> when there is none of that id.</summary>
    public JobSummary? FindJob(string jobId) => Jobs.FirstOrDefault(job => job.JobId == jobId);
}

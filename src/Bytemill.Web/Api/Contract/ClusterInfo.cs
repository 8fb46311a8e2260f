using System.Collections.Immutable;
using System.ComponentModel;
using Bytemill.Web.Live;

namespace Bytemill.Web.Api;

/// <summary>The cluster.</summary>
/// <param name="Version">Version of this node's program.</param>
/// <param name="AnsweredAt">When the coordinator answered this node last.</param>
/// <param name="Fault">Why what is told of jobs may be out of date.</param>
/// <param name="MaxRunning">How many jobs run at the same time.</param>
/// <param name="Jobs">How many jobs there are, by status.</param>
/// <param name="Members">The members, as this node sees them.</param>
/// <param name="Changes">What happened to members lately, oldest first.</param>
[Description("The cluster, as this node sees it.")]
public sealed record ClusterInfo(
    string Version,
    DateTimeOffset? AnsweredAt,
    string? Fault,
    int MaxRunning,
    IReadOnlyDictionary<string, int> Jobs,
    ImmutableArray<ClusterMember> Members,
    ImmutableArray<MemberChange> Changes)
{
    /// <summary>As the feed has it.</summary>
    internal static ClusterInfo Of(ClusterView view) => new(
        ApiVersion.Program,
        view.AnsweredAt == default ? null : view.AnsweredAt,
        view.Fault,
        view.MaxRunning,
        new SortedDictionary<string, int>(view.Jobs.GroupBy(job => JsonText.NameOf(job.Status)).ToDictionary(group => group.Key, group => group.Count()), StringComparer.Ordinal),
        view.Members.Members,
        view.Members.Changes);
}

using System.Collections.Immutable;

namespace Bytemill.Web.Live;

/// <summary>The members of the cluster and what happened to them lately.</summary>
/// <param name="Members">Ordinally by address.</param>
/// <param name="Changes">The last ones, oldest first.</param>
public sealed record ClusterMembers(ImmutableArray<ClusterMember> Members, ImmutableArray<MemberChange> Changes)
{
    /// <summary>Changes that are remembered.</summary>
    public const int MostChanges = 500;

    /// <summary>Nothing heard yet.</summary>
    public static ClusterMembers None { get; } = new([], []);
}

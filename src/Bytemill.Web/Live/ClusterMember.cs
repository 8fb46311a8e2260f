using System.Collections.Immutable;

namespace Bytemill.Web.Live;

/// <summary>A member of the cluster, as this node sees it.</summary>
/// <param name="Address"><c>host:port</c>.</param>
/// <param name="Roles">Its roles.</param>
/// <param name="Status"><c>joining</c>, <c>up</c>, <c>leaving</c>, <c>exiting</c>, <c>down</c>.</param>
/// <param name="IsReachable">Whether it answers.</param>
/// <param name="IsSelf">Whether it is this node.</param>
/// <param name="IsLeader">Whether it moves others from one status to the next.</param>
/// <param name="SeenSince">When this node heard of it first.</param>
public sealed record ClusterMember(
    string Address, ImmutableArray<string> Roles, string Status, bool IsReachable, bool IsSelf, bool IsLeader, DateTimeOffset SeenSince);

namespace Bytemill.Web.Live;

/// <summary>Something that happened to a member of the cluster, as this node saw it.</summary>
/// <param name="At">When.</param>
/// <param name="Address">The member.</param>
/// <param name="What"><c>joined</c>, <c>up</c>, <c>unreachable</c>, <c>reachable</c>, <c>leaving</c>, <c>down</c>, <c>removed</c>.</param>
public sealed record MemberChange(DateTimeOffset At, string Address, string What);

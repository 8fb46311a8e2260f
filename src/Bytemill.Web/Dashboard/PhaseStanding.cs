using Bytemill.Pipeline;

namespace Bytemill.Web.Dashboard;

/// <summary>Where one phase of a job stands.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="State">Whether it is over, under way, or to come.</param>
/// <param name="Share">How much of it is done, 0 to 1.</param>
/// <param name="Spent">Seconds it has taken; null before it.</param>
/// <param name="Left">Seconds it will still take; null when nobody knows.</param>
public sealed record PhaseStanding(Phase Phase, PhaseState State, double Share, double? Spent, double? Left);

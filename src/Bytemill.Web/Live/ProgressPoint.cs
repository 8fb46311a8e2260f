using System.Collections.Immutable;
using Bytemill.Pipeline;

namespace Bytemill.Web.Live;

/// <summary>How far a job was at a moment, for plots.</summary>
/// <param name="At">When.</param>
/// <param name="Phase">Its phase.</param>
/// <param name="DoneUnits">Units done of the stage.</param>
/// <param name="TotalUnits">Units of the stage.</param>
/// <param name="BytesPerSecond">Text a second since the point before; 0 where the stage is not told in bytes.</param>
/// <param name="Nodes">Text a second of each node that read some, as it said itself, ordinally by address.</param>
public sealed record ProgressPoint(
    DateTimeOffset At, Phase Phase, long DoneUnits, long TotalUnits, double BytesPerSecond, ImmutableArray<NodeSpeed> Nodes);

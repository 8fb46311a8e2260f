namespace Bytemill.Pipeline;

/// <summary>A task that a node runs.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Stage">Number of the stage.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Index">Index of the task.</param>
/// <param name="Units">Units done: bytes of text where the stage counts these (<see cref="StageKindExtensions.CountsBytes"/>), else tasks.</param>
/// <param name="UnitsPerSecond">How fast, over the last second.</param>
public sealed record RunningTask(string JobId, int Stage, StageKind Kind, int Index, long Units, double UnitsPerSecond);

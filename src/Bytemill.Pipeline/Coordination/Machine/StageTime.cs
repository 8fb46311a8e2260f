namespace Bytemill.Pipeline;

/// <summary>How long a finished stage took, and what it did; for the manifest of the results.</summary>
/// <param name="Kind">The stage's kind; <c>null</c> for planning.</param>
/// <param name="ElapsedMs">From its begin, or the coordinator's, to its end.</param>
/// <param name="Units">Progress units.</param>
/// <param name="Tasks">Tasks.</param>
/// <param name="Total">Sum over its tasks.</param>
public sealed record StageTime(StageKind? Kind, long ElapsedMs, long Units, int Tasks, TaskMetrics Total);

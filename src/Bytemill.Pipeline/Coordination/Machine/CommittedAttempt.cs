namespace Bytemill.Pipeline;

/// <summary>The attempt at a task that counts.</summary>
/// <param name="Directory">Where its files are, relative to the work directory.</param>
/// <param name="Metrics">What it did.</param>
internal sealed record CommittedAttempt(string Directory, TaskMetrics Metrics);

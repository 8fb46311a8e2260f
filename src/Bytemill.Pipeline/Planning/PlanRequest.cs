namespace Bytemill.Pipeline;

/// <summary>What to plan.</summary>
public sealed record PlanRequest
{
    /// <summary>The job; its output directory is only looked at for free space.</summary>
    public required JobSpec Spec { get; init; }

    /// <summary>The machines.</summary>
    public ClusterShape Cluster { get; init; } = new();

    /// <summary>Bytes of text of a corpus like this one; <c>null</c> for this one itself.</summary>
    public long? TextBytes { get; init; }

    /// <summary>Bytes of text to sample, at least 1.</summary>
    public long SampleBytes { get; init; } = 16_000_000;

    /// <summary>Where runs would spill; its disk is measured. It, or the nearest directory above it, must exist.</summary>
    public required string SpillDirectory { get; init; }
}

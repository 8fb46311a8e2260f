using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>What a job is expected to take, phase by phase.</summary>
public sealed record PlanReport
{
    /// <summary>Kind and version of the JSON form.</summary>
    public string Format { get; init; } = "bytemill-plan/1";

    /// <summary>Bytes of text planned for.</summary>
    public required long TextBytes { get; init; }

    /// <summary>Bytes of text sampled.</summary>
    public required long SampleBytes { get; init; }

    /// <summary>Files of the corpus at hand.</summary>
    public required int Files { get; init; }

    /// <summary>Tasks of counting and segmenting.</summary>
    public required long Partitions { get; init; }

    /// <summary>The machines.</summary>
    public required ClusterShape Cluster { get; init; }

    /// <summary>What two threads do here in the time of one.</summary>
    public required double TwoThreads { get; init; }

    /// <summary>Distinct n-grams of the longest length.</summary>
    public required double DistinctNGrams { get; init; }

    /// <summary>n-grams kept, all lengths.</summary>
    public required double KeptNGrams { get; init; }

    /// <summary>Size of the n-gram model file.</summary>
    public required double ModelBytes { get; init; }

    /// <summary>Distinct pieces before pruning.</summary>
    public required double DistinctPieces { get; init; }

    /// <summary>The phases in order.</summary>
    public required ImmutableArray<PhaseEstimate> Phases { get; init; }

    /// <summary>From the start of the program to its end.</summary>
    public required double TotalSeconds { get; init; }

    /// <summary>Largest memory of a process over all phases.</summary>
    public long PeakMemoryBytes => Phases.Max(phase => phase.MemoryBytes);

    /// <summary>Largest disk use over all phases, all nodes.</summary>
    public double PeakDiskBytes => Phases.Max(phase => phase.DiskUsedBytes);

    /// <summary>Free space where runs would spill; <c>null</c> when it is not known.</summary>
    public long? FreeDiskBytes { get; init; }

    /// <summary>One line each: what will not fit or not go well, and what to do.</summary>
    public required ImmutableArray<string> Warnings { get; init; }
}

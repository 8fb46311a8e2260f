using System.Collections.Immutable;

namespace Bytemill.Chaos;

/// <summary>What is tried, and on what.</summary>
public sealed record ChaosOptions
{
    /// <summary>Path of <c>bytemill.dll</c>.</summary>
    public required string Program { get; init; }

    /// <summary>Directory for everything that is made; new.</summary>
    public required string Directory { get; init; }

    /// <summary>Parquet files, directories or globs, as <c>--input</c> takes them.</summary>
    public required ImmutableArray<string> Corpus { get; init; }

    /// <summary>Options of the job.</summary>
    public ImmutableArray<string> Job { get; init; } = ["--vocab-size", "4000,1000", "--min-count", "4", "--partition-size", "1", "--shards", "8", "--no-disk-check"];

    /// <summary>Chooses faults, victims and moments.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Faults to choose from.</summary>
    public ImmutableArray<FaultKind> Faults { get; init; } = FaultKinds.All;

    /// <summary>Events to choose the moment from, as <see cref="Moment.Event"/> names them; empty for all.</summary>
    public ImmutableArray<string> Events { get; init; } = [];

    /// <summary>Number of nodes, all with all roles.</summary>
    public int Nodes { get; init; } = 4;

    /// <summary>Longest time from a job's begin to its end, faults included.</summary>
    public TimeSpan JobTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Longest time from there until all nodes are members again.</summary>
    public TimeSpan SettleTimeout { get; init; } = TimeSpan.FromMinutes(1.5);

    /// <summary>Room on the small disk.</summary>
    public int SmallDiskMegabytes { get; init; } = 64;
}

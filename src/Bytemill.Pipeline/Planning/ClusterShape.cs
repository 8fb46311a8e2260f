namespace Bytemill.Pipeline;

/// <summary>The machines that a job is planned for.</summary>
public sealed record ClusterShape
{
    /// <summary>Nodes, at least 1. One node needs no network.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>Tasks at the same time on each node, at least 1.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Memory budget of each node's process.</summary>
    public long MemoryBytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>Bytes a second that each node's disk reads or writes; <c>null</c> as measured here.</summary>
    public double? DiskBytesPerSecond { get; init; }

    /// <summary>Bytes a second that each node sends or receives; <c>null</c> for the default.</summary>
    public double? NetworkBytesPerSecond { get; init; }
}

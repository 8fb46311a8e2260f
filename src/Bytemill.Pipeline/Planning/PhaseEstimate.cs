namespace Bytemill.Pipeline;

/// <summary>What one phase is expected to take.</summary>
/// <param name="Name">As in the manifest of a job.</param>
/// <param name="Seconds">From its begin to its end.</param>
/// <param name="CpuSeconds">Of all threads of all nodes.</param>
/// <param name="Limit"><c>cpu</c>, <c>disk</c>, <c>network</c>, <c>memory</c> or <c>start</c>: what takes the time.</param>
/// <param name="MemoryBytes">Resident, of the process that needs most.</param>
/// <param name="DiskWrittenBytes">Written to work files, all nodes.</param>
/// <param name="DiskUsedBytes">Work files and results there at the same time, all nodes.</param>
/// <param name="NetworkBytes">Between nodes and their shared storage, all nodes; 0 for one node.</param>
public sealed record PhaseEstimate(
    string Name, double Seconds, double CpuSeconds, string Limit, long MemoryBytes, double DiskWrittenBytes, double DiskUsedBytes, double NetworkBytes);

using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>A job of a simulated cluster, as its client and its files know it.</summary>
internal sealed class SimulatedJob(string id, JobSpec spec)
{
    public string Id { get; } = id;

    public JobSpec Spec { get; } = spec;

    public SimulatedDisk Disk { get; } = new();

    public bool IsAccepted { get; set; }

    public IWireMessage? End { get; set; }
}

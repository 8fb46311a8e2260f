namespace Bytemill.Pipeline;

/// <summary>What the actors of one node share.</summary>
internal sealed class NodeServices : IDisposable
{
    public NodeServices(NodeOptions options)
    {
        Options = options;
        int threads = Math.Max(1, options.Threads ?? options.Workers);
        Cpu = new CpuPool(threads, givesWay: !options.IsAlone);
        Memory = new MemoryPlan(options.MemoryBytes ?? MachineMemory.DefaultBudgetBytes(), threads);
        ResidentSet = new ResidentSetGuard(Memory.BudgetBytes + (MemoryPlan.RuntimeBytes / 2), Memory.BudgetBytes + MemoryPlan.RuntimeBytes);
        Jobs = new JobContextCache(Memory, ResidentSet);
        Spill = options.SpillDirectory is { } directory ? NodeSpillDirectory.Claim(directory) : null;
    }

    public NodeOptions Options { get; }

    public CpuPool Cpu { get; }

    public MemoryPlan Memory { get; }

    public ResidentSetGuard ResidentSet { get; }

    public JobContextCache Jobs { get; }

    public JobEpochs Epochs { get; } = new();

    /// <summary>Where temporary files of tasks go; <c>null</c> puts them beside the job's work files.</summary>
    public NodeSpillDirectory? Spill { get; }

    public void Dispose()
    {
        Cpu.Dispose();
        Jobs.Dispose();
        ResidentSet.Dispose();
        Spill?.Dispose();
    }
}

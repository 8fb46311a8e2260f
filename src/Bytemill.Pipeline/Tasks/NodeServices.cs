using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>What the actors of one node share.</summary>
internal sealed class NodeServices : IDisposable
{
    // Where the system does not say how much room there is.
    private const long DefaultCopyBytes = 10L << 30;

    private readonly Lazy<NodeSpillDirectory> _ownSpill;

    public NodeServices(NodeOptions options)
    {
        Options = options;
        int threads = Math.Max(1, options.Threads ?? options.Workers);
        Cpu = new CpuPool(threads, givesWay: !options.IsAlone);
        long budget = options.MemoryBytes ?? MachineMemory.DefaultBudgetBytes();
        BudgetBytes = budget;
        Metrics = new NodeMetrics(this);
        Memory = new MemoryPlan(budget / options.MaxJobs, threads);
        ResidentSet = new ResidentSetGuard(budget + (MemoryPlan.RuntimeBytes / 2), budget + MemoryPlan.RuntimeBytes);
        Stores.ReadAheadBytes = Memory.ReadAheadBytes;
        Jobs = new JobContextCache(Memory, ResidentSet, OpenWork);
        Spill = options.SpillDirectory is { } directory ? NodeSpillDirectory.Claim(directory) : null;
        _ownSpill = new Lazy<NodeSpillDirectory>(() => NodeSpillDirectory.Claim(NodeSpillDirectory.CreateDefault()));
    }

    public NodeOptions Options { get; }

    public CpuPool Cpu { get; }

    /// <summary>Bytes that the process may take beside <see cref="MemoryPlan.RuntimeBytes"/>.</summary>
    public long BudgetBytes { get; }

    /// <summary>What is measured of the node.</summary>
    public NodeMeter Meter { get; } = new();

    /// <summary>What is told of it to who watches from outside.</summary>
    public NodeMetrics Metrics { get; }

    /// <summary>How each job that runs divides its part of the memory.</summary>
    public MemoryPlan Memory { get; }

    public ResidentSetGuard ResidentSet { get; }

    public JobContextCache Jobs { get; }

    public JobEpochs Epochs { get; } = new();

    /// <summary>Where temporary files of tasks go; <c>null</c> puts them beside the job's work files.</summary>
    public NodeSpillDirectory? Spill { get; }

    /// <summary>The work files of a job. What is held of them on this machine goes when it is disposed.</summary>
    /// <param name="root">Full path of the job's work directory.</param>
    public WorkDirectory OpenWork(string root) => WorkDirectory.At(root, MakeRoom);

    private LocalRoom MakeRoom()
    {
        string directory = (Spill ?? _ownSpill.Value).Path;
        long bytes = Options.WorkCopyBytes ?? DiskCheck.FreeBytes(directory) / 2 ?? DefaultCopyBytes;
        return new LocalRoom(directory, Math.Max(NodeOptions.LeastWorkCopyBytes, bytes / Options.MaxJobs));
    }

    /// <summary>
    /// Ends what goes on by itself: a guard whose process is above its limit for good looks a thousand times a second.
    /// </summary>
    public void StopWatching()
    {
        ResidentSet.Dispose();
        Spill?.Dispose();
        if (_ownSpill.IsValueCreated)
        {
            _ownSpill.Value.Dispose();
        }
    }

    public void Dispose()
    {
        Metrics.Dispose();
        Cpu.Dispose();
        Jobs.Dispose();
        StopWatching();
    }
}

namespace Bytemill.Pipeline;

/// <summary>
/// How a process divides the memory of one job among what runs of it at the same time. Phases follow each other, so each may use all of
/// it. Every size changes how often something spills, never a result.
/// </summary>
/// <param name="BudgetBytes">Memory of the process for the job, beyond what the runtime takes by itself.</param>
/// <param name="Tasks">Tasks that run at the same time, 1 or more.</param>
public sealed record MemoryPlan(long BudgetBytes, int Tasks)
{
    /// <summary>What the runtime, its code and the actor system take beside the budget.</summary>
    public const long RuntimeBytes = 150L << 20;

    /// <summary>Smallest budget that commands accept.</summary>
    public const long SmallestBudgetBytes = 128L << 20;

    // More than this only spreads the same data over more cache lines.
    private const long MostPieceCountingBytes = 512L << 20;

    // Measured: what a task takes to decode, compress and merge, beside what it is given here. It does not grow with the corpus.
    private const long TaskOverheadBytes = 40L << 20;

    private long Shared => BudgetBytes - Math.Clamp(TaskOverheadBytes * Tasks, BudgetBytes / 8, BudgetBytes / 2);

    /// <summary>Text that a task decodes at once, where pages are not larger; its reader holds a small multiple of it.</summary>
    public long ReadingBytes => Math.Clamp(BudgetBytes / 128 / Tasks, 256 << 10, 8 << 20);

    /// <summary>For what all tasks together fetch ahead from an object store, where they read from one.</summary>
    public long ReadAheadBytes => Math.Clamp(BudgetBytes / 32, 8 << 20, 256 << 20);

    /// <summary>For the text and the keys of one counting task.</summary>
    public long CountingBytes => Shared / Tasks;

    /// <summary>For the blocks of all runs that one task merges, and for what it sorts.</summary>
    public long MergingBytes => Shared / Tasks;

    /// <summary>For a task that no other accompanies: building the n-gram model, the last rounds of a small vocabulary.</summary>
    public long LoneTaskBytes => Shared;

    /// <summary>Length up to which the n-gram model is copied into memory; of a longer one the tables stay in their file.</summary>
    public long ModelCopyBytes => Shared / 4 * 3;

    /// <summary>For the pieces that one segmenting task counts, beside the n-gram model.</summary>
    /// <param name="modelBytes">Length of the model's file.</param>
    public long PieceCountingBytes(long modelBytes) =>
        Math.Min(MostPieceCountingBytes, ((Shared - (modelBytes <= ModelCopyBytes ? modelBytes : 0)) / Tasks) - SegmentingBytes(modelBytes));

    /// <summary>For the buffers that one segmenting task sorts its looks in: 0 for a model that fits, whose looks need not be sorted.</summary>
    /// <param name="modelBytes">Length of the model's file.</param>
    public long SegmentingBytes(long modelBytes) => modelBytes <= ModelCopyBytes ? 0 : Shared / 2 / Tasks;

    /// <summary>For the encoder of all kept pieces, which the tasks of a node share.</summary>
    public long PieceTableBytes => Shared / 2;

    /// <summary>For what one task adds up beside that encoder.</summary>
    public long SplittingBytes => Shared / 2 / Tasks;
}

namespace Bytemill.Training;

/// <summary>How one-process training divides its work. Changes no result.</summary>
internal sealed record TrainingPlan
{
    public const long DefaultBufferBytes = 256L << 20;

    /// <summary>Shards to cut from a sample of the text, unless ranges are given.</summary>
    public int Shards { get; init; } = 1;

    public KeyRanges? NGramRanges { get; init; }

    public KeyRanges? PieceRanges { get; init; }

    public int Partitions { get; init; } = 1;

    /// <summary>Of all counters together, and of each pruning step.</summary>
    public long BufferBytes { get; init; } = DefaultBufferBytes;

    /// <summary>See <see cref="PruningState.TogetherBelow"/>.</summary>
    public long TogetherBelow { get; init; } = PruningState.DefaultTogetherBelow;
}

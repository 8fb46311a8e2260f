namespace Bytemill.Training;

/// <summary>Some sorted n-grams with their counts, as columns: what readers and merges hand on at a time.</summary>
internal sealed class NGramBatch
{
    // 17 bytes each: the batches of a two-way merge fit the first-level cache.
    public const int Capacity = 512;

    public ulong[] Keys { get; } = new ulong[Capacity];

    public byte[] Lengths { get; } = new byte[Capacity];

    public long[] Counts { get; } = new long[Capacity];

    public int Count { get; set; }
}

namespace Bytemill.Training;

/// <summary>Sorted n-grams with their counts, a batch at a time.</summary>
internal abstract class NGramStream
{
    /// <summary>The batch at hand.</summary>
    public NGramBatch Batch { get; } = new();

    /// <summary>Replaces the batch by the next; false, with an empty batch, at the end.</summary>
    public abstract bool Fill();
}

namespace Bytemill.Training;

/// <summary>Disk that a training job needs at most, told from its size alone: for a check before it starts, without reading text.</summary>
/// <param name="CountBytes">Runs of n-gram counts, and as much again while they are merged in several passes.</param>
/// <param name="ModelBytes">Slices and model file of the n-grams kept.</param>
/// <param name="PieceBytes">Runs and slices of pieces.</param>
/// <remarks>
/// Twice what 60 MB of mixed text and 1 GB of source code and manuals took (see <c>docs/performance.md</c>); text of few repetitions, as random
/// identifiers, can take more. <c>bytemill plan</c> gives an estimate for the corpus at hand.
/// </remarks>
public sealed record SpillEstimate(long CountBytes, long ModelBytes, long PieceBytes)
{
    private const double Safety = 2;

    // A run of a partition of 1 MB at order 6 has this many bytes for each byte of text; larger ones have less, by this power.
    private const double RunBytesPerByte = 1.3;
    private const double RunPower = -0.36;

    // n-grams kept of 1 MB of text per smallest count at order 6, and the power by which they grow.
    private const double KeptOfMegabyte = 450_000;
    private const double KeptPower = 0.78;

    private const double PieceBytesPerByte = 0.45;
    private const double SliceBytesPerNGram = 3;

    // Slots of a table for each n-gram in it.
    private const double TableRoom = 5.0 / 3;

    /// <summary>All of them: they are on disk one after another, but a phase's input is deleted only when its output is complete.</summary>
    public long TotalBytes => Saturate((double)CountBytes + ModelBytes + PieceBytes);

    /// <summary>Estimates generously.</summary>
    /// <param name="textBytes">Bytes of text, 0 or more.</param>
    /// <param name="order">Longest n-gram, 1 to 8.</param>
    /// <param name="minCount">Smallest count, at least 1.</param>
    /// <param name="partitionBytes">Bytes of text of a partition, at least 1.</param>
    public static SpillEstimate For(long textBytes, int order, long minCount, long partitionBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(textBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, PackedNGram.MaxLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(minCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitionBytes, 1);
        double partition = Math.Min(Math.Max(textBytes, 1), partitionBytes);
        double orders = Math.Pow(order / 6.0, 1.5);
        // No run is larger than every position on its own: the key, its length and a count of 1.
        double ofByte = Math.Min(order + 1, RunBytesPerByte * orders * Math.Pow(partition / 1e6, RunPower));
        double passes = textBytes / partition > RunMerge.FanIn ? 2 : 1;
        double kept = Math.Min(textBytes * (double)order, KeptOfMegabyte * orders * Math.Pow(Math.Max(textBytes, 1) / 1e6 / minCount, KeptPower));
        double model = kept * ((NGramModelLayout.SlotBytes(order, sizeof(uint)) * TableRoom) + SliceBytesPerNGram);
        return new SpillEstimate(
            Saturate(Safety * textBytes * ofByte * passes), Saturate(Safety * model), Saturate(Safety * textBytes * PieceBytesPerByte));
    }

    private static long Saturate(double bytes) => bytes >= long.MaxValue ? long.MaxValue : (long)bytes;
}

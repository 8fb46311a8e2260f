namespace Bytemill.Training;

/// <summary>Merges one shard of all runs into a slice: its pieces in byte order, with the sums of their counts.</summary>
public static class PieceRunMerger
{
    /// <summary>Merges in bounded memory, in several passes when there are many runs.</summary>
    /// <param name="runs">Runs of <see cref="PieceCounter"/> or <see cref="PieceSplitter"/>, each once, in any order.</param>
    /// <param name="shard">Index of the segment to take from each.</param>
    /// <param name="baseSlice">A slice whose counts are added, or null.</param>
    /// <param name="memoryBytes">Memory for blocks of runs; at least two are open at once.</param>
    /// <param name="scratch">For intermediate passes.</param>
    /// <param name="output">Receives the slice; left open.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="RunFormatException">A run is damaged.</exception>
    /// <exception cref="OverflowException">A count exceeds 64 bits.</exception>
    public static PieceSliceSummary Merge(
        IReadOnlyList<RunOpener> runs,
        int shard,
        RunOpener? baseSlice,
        long memoryBytes,
        IScratchSpace scratch,
        Stream output,
        CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        return MergeWithSlices(runs, shard, baseSlice is null ? [] : [baseSlice], memoryBytes, scratch, output, ct);
    }

    /// <summary>As the public method, with several slices, for all shards at once when <paramref name="shard"/> is <see cref="RunSource.AllSegments"/>.</summary>
    internal static PieceSliceSummary MergeWithSlices(
        IReadOnlyList<RunOpener> runs,
        int shard,
        IReadOnlyList<RunOpener> slices,
        long memoryBytes,
        IScratchSpace scratch,
        Stream output,
        CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(scratch);
        ArgumentNullException.ThrowIfNull(output);
        using PieceMergeInputs inputs = PieceMergeInputs.Reduce<ByteOrder>(
            runs.Select(run => new RunSource(run, RunKind.PieceRun, shard))
                .Concat(slices.Select(slice => new RunSource(slice, RunKind.PieceSlice, 0))),
            RunKind.PieceRun,
            PieceMergeInputs.FanInFor(memoryBytes),
            scratch,
            long.MaxValue,
            ct);
        RunSummary summary = inputs.WriteTo<ByteOrder>(output, RunKind.PieceSlice, ct);
        return new PieceSliceSummary(summary.Entries, summary.Total, summary.LengthBytes, summary.TextBytes);
    }
}

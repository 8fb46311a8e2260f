namespace Bytemill.Training;

/// <summary>Merges one shard of all runs into a slice: its pieces in byte order, with the sums of their counts.</summary>
public static class PieceRunMerger
{
    /// <summary>Merges in bounded memory, in several passes when there are many runs.</summary>
    /// <param name="runs">Runs of <see cref="PieceCounter"/> or <see cref="PieceSplitter"/>, each once, in any order.</param>
    /// <param name="shard">Index of the segment to take from each.</param>
    /// <param name="baseSlice">A slice whose counts are added, or null.</param>
    /// <param name="scratch">For intermediate passes.</param>
    /// <param name="output">Receives the slice; left open.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="RunFormatException">A run is damaged.</exception>
    /// <exception cref="OverflowException">A count exceeds 64 bits.</exception>
    public static PieceSliceSummary Merge(
        IReadOnlyList<RunOpener> runs, int shard, RunOpener? baseSlice, IScratchSpace scratch, Stream output, CancellationToken ct) =>
        Merge(runs, shard, baseSlice, scratch, output, RunMerge.FanIn, ct);

    internal static PieceSliceSummary Merge(
        IReadOnlyList<RunOpener> runs, int shard, RunOpener? baseSlice, IScratchSpace scratch, Stream output, int fanIn, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(scratch);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        using var codec = new BlockCodec();
        List<RunSource> sources = [.. runs.Select(run => new RunSource(run, RunKind.PieceRun, shard))];
        if (baseSlice is not null)
        {
            sources.Add(new RunSource(baseSlice, RunKind.PieceSlice, 0));
        }

        try
        {
            sources = RunMerge.Reduce(
                sources, RunKind.PieceRun, fanIn, scratch, (group, merged) => MergeOne(group, RunKind.PieceRun, merged, codec, ct), ct);
            RunSummary summary = MergeOne(sources, RunKind.PieceSlice, output, codec, ct);
            return new PieceSliceSummary(summary.Entries, summary.Total, summary.LengthBytes);
        }
        finally
        {
            sources.ForEach(source => source.Dispose());
        }
    }

    private static RunSummary MergeOne(IReadOnlyList<RunSource> sources, RunKind kind, Stream output, BlockCodec codec, CancellationToken ct)
    {
        using PieceMerger<ByteOrder> merger = PieceMerger<ByteOrder>.Open(sources, 0, codec);
        using var run = new RunWriter(output, kind, codec);
        var writer = new PieceWriter(run.Segment);
        for (long i = 1; merger.Next(); i++)
        {
            writer.Write(merger.Piece, merger.Count);
            if ((i & 0xFFFF) == 0)
            {
                ct.ThrowIfCancellationRequested();
            }
        }

        run.EndSegment();
        return run.Finish();
    }
}

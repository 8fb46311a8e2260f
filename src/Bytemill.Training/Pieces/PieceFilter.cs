namespace Bytemill.Training;

/// <summary>
/// Adds up a shard's counted pieces and divides them into those kept and those to be split: single bytes stay, and what is
/// neither too long nor too rare.
/// </summary>
public static class PieceFilter
{
    /// <summary>Merges one shard of all runs and filters what comes out, in one go.</summary>
    /// <param name="runs">Runs of <see cref="PieceCounter"/>, each once, in any order.</param>
    /// <param name="shard">Its index. Single bytes that are absent and whose key lies in it are added with count 1.</param>
    /// <param name="ranges">The ranges that the runs were written with.</param>
    /// <param name="options"><see cref="TrainerOptions.MaxPieceLength"/> and <see cref="TrainerOptions.MinCount"/>.</param>
    /// <param name="memoryBytes">Memory for blocks of runs; at least two are open at once.</param>
    /// <param name="scratch">For intermediate passes.</param>
    /// <param name="kept">Receives a slice; left open.</param>
    /// <param name="dropped">Receives a slice; left open.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="RunFormatException">A run is damaged.</exception>
    /// <exception cref="OverflowException">A count exceeds 64 bits.</exception>
    public static FilterSummary Filter(
        IReadOnlyList<RunOpener> runs,
        int shard,
        KeyRanges ranges,
        TrainerOptions options,
        long memoryBytes,
        IScratchSpace scratch,
        Stream kept,
        Stream dropped,
        CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(ranges);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(scratch);
        using PieceMergeInputs inputs = PieceMergeInputs.Reduce<ByteOrder>(
            runs.Select(run => new RunSource(run, RunKind.PieceRun, shard)),
            RunKind.PieceRun,
            PieceMergeInputs.FanInFor(memoryBytes),
            scratch,
            long.MaxValue,
            ct);
        using PieceMerger<ByteOrder> merger = inputs.Open<ByteOrder>();
        using var keptWriter = new PieceSliceWriter(kept);
        using var droppedWriter = new PieceSliceWriter(dropped);
        Span<byte> single = stackalloc byte[1];
        int next = 0;
        for (long i = 1; merger.Next(); i++)
        {
            ReadOnlySpan<byte> piece = merger.Piece;
            // A single byte stands before everything else that begins with it.
            for (int end = piece.Length == 1 ? piece[0] : piece[0] + 1; next < end; next++)
            {
                AddByte(next, single);
            }

            next = Math.Max(next, piece[0] + 1);
            bool isKept = piece.Length == 1 || (piece.Length <= options.MaxPieceLength && merger.Count >= options.MinCount);
            (isKept ? keptWriter : droppedWriter).Write(piece, merger.Count);
            if ((i & 0xFFFF) == 0)
            {
                ct.ThrowIfCancellationRequested();
            }
        }

        for (; next < 256; next++)
        {
            AddByte(next, single);
        }

        PieceSliceSummary left = keptWriter.Finish();
        PieceSliceSummary gone = droppedWriter.Finish();
        return new FilterSummary(left.Pieces, gone.Pieces, unchecked(left.TextBytes + gone.TextBytes));

        void AddByte(int value, Span<byte> room)
        {
            room[0] = (byte)value;
            if (ranges.IndexOf(KeyRanges.KeyOf(room)) == shard)
            {
                keptWriter.Write(room, 1);
            }
        }
    }
}

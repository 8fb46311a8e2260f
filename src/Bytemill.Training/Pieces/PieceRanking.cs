namespace Bytemill.Training;

/// <summary>Selects the pieces of a vocabulary over all shards, as a streaming top-K.</summary>
public static class PieceRanking
{
    /// <summary>Brings the pieces of one shard into selection order: single bytes first, then by falling count, falling length, bytes.</summary>
    /// <param name="slice">Kept pieces of the shard.</param>
    /// <param name="memoryBytes">Memory for sorting; more is spilled. One piece is always held.</param>
    /// <param name="scratch">Where to spill.</param>
    /// <param name="ranked">Receives the ranked pieces; left open.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    public static RankSummary Rank(RunOpener slice, long memoryBytes, IScratchSpace scratch, Stream ranked, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(scratch);
        var arena = new PieceArena();
        List<RunSource> spills = [];
        try
        {
            using (var reader = new PieceSliceReader(slice))
            {
                while (reader.Read())
                {
                    if (arena.Count > 0 && arena.MemoryBytesWith(reader.Piece.Length) > memoryBytes)
                    {
                        ct.ThrowIfCancellationRequested();
                        spills.Add(Spill(arena, scratch));
                    }

                    arena.Add(reader.Piece, reader.Count);
                }
            }

            if (spills.Count == 0)
            {
                return WriteRanked(arena, ranked);
            }

            spills.Add(Spill(arena, scratch));
        }
        catch
        {
            spills.ForEach(spill => spill.Dispose());
            throw;
        }

        using PieceMergeInputs inputs = PieceMergeInputs.Reduce<SelectionOrder>(
            spills, RunKind.RankedPieces, PieceMergeInputs.FanInFor(memoryBytes), scratch, long.MaxValue, ct);
        RunSummary summary = inputs.WriteTo<SelectionOrder>(ranked, RunKind.RankedPieces, ct);
        return new RankSummary(summary.Entries, summary.TextBytes);
    }

    /// <summary>Finds the last piece that is kept.</summary>
    /// <param name="ranked">The ranked pieces of every shard, each once.</param>
    /// <param name="keep">Pieces to keep over all shards; at least 256, and no more than there are.</param>
    /// <param name="memoryBytes">Memory for blocks of ranked pieces; at least two are open at once.</param>
    /// <param name="scratch">For intermediate passes.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer pieces than <paramref name="keep"/>.</exception>
    public static RankCut FindCut(IReadOnlyList<RunOpener> ranked, int keep, long memoryBytes, IScratchSpace scratch, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 256);
        // Of a group of shards, no more than `keep` can be among the first `keep` of all.
        using PieceMergeInputs inputs = PieceMergeInputs.Reduce<SelectionOrder>(
            ranked.Select(run => new RunSource(run, RunKind.RankedPieces, 0)),
            RunKind.RankedPieces,
            PieceMergeInputs.FanInFor(memoryBytes),
            scratch,
            keep,
            ct);
        using PieceMerger<SelectionOrder> merger = inputs.Open<SelectionOrder>();
        for (int i = 0; i < keep; i++)
        {
            if (!merger.Next())
            {
                throw new ArgumentOutOfRangeException(nameof(keep), keep, $"There are only {i} pieces.");
            }

            if ((i & 0xFFFF) == 0)
            {
                ct.ThrowIfCancellationRequested();
            }
        }

        return new RankCut(merger.Piece.ToArray(), merger.Count);
    }

    /// <summary>Divides the pieces of one shard at the cut.</summary>
    /// <param name="slice">Kept pieces of the shard.</param>
    /// <param name="cut">The last piece kept, of <see cref="FindCut"/>.</param>
    /// <param name="kept">Receives a slice; left open.</param>
    /// <param name="dropped">Receives a slice; left open.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    public static CutSummary Cut(RunOpener slice, RankCut cut, Stream kept, Stream dropped, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(cut);
        using var reader = new PieceSliceReader(slice);
        using var keptWriter = new PieceSliceWriter(kept);
        using var droppedWriter = new PieceSliceWriter(dropped);
        for (long i = 1; reader.Read(); i++)
        {
            bool isKept = SelectionOrder.Compare(reader.Piece, reader.Count, cut.Piece, cut.Count) <= 0;
            (isKept ? keptWriter : droppedWriter).Write(reader.Piece, reader.Count);
            if ((i & 0xFFFF) == 0)
            {
                ct.ThrowIfCancellationRequested();
            }
        }

        PieceSliceSummary left = keptWriter.Finish();
        PieceSliceSummary gone = droppedWriter.Finish();
        return new CutSummary(left.Pieces, gone.Pieces, unchecked(left.TextBytes + gone.TextBytes));
    }

    private static RunSource Spill(PieceArena arena, IScratchSpace scratch)
    {
        Stream stream = scratch.Create();
        try
        {
            WriteRanked(arena, stream);
            return new RunSource(stream, RunKind.RankedPieces);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static RankSummary WriteRanked(PieceArena arena, Stream output)
    {
        using var writer = new PieceSliceWriter(output, RunKind.RankedPieces);
        foreach (int index in arena.SortForSelection())
        {
            writer.Write(arena.Piece(index), arena.CountOf(index));
        }

        arena.Clear();
        PieceSliceSummary summary = writer.Finish();
        return new RankSummary(summary.Pieces, summary.TextBytes);
    }
}

namespace Bytemill.Training;

/// <summary>Selects the pieces of a vocabulary over all shards, as a streaming top-K.</summary>
public static class PieceRanking
{
    /// <summary>Memory for sorting; more is spilled.</summary>
    internal const long BufferBytes = 64L << 20;

    /// <summary>Brings the pieces of one shard into selection order: single bytes first, then by falling count, falling length, bytes.</summary>
    /// <param name="slice">Kept pieces of the shard.</param>
    /// <param name="scratch">Where to spill.</param>
    /// <param name="ranked">Receives the ranked pieces; left open.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    public static RankSummary Rank(RunOpener slice, IScratchSpace scratch, Stream ranked, CancellationToken ct) =>
        Rank(slice, scratch, ranked, BufferBytes, RunMerge.FanIn, ct);

    /// <summary>Finds the last piece that is kept.</summary>
    /// <param name="ranked">The ranked pieces of every shard, each once. All are open at once.</param>
    /// <param name="keep">Pieces to keep over all shards; at least 256, and no more than there are.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer pieces than <paramref name="keep"/>.</exception>
    public static RankCut FindCut(IReadOnlyList<RunOpener> ranked, int keep, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 256);
        using var codec = new BlockCodec();
        List<RunSource> sources = [.. ranked.Select(run => new RunSource(run, RunKind.RankedPieces, 0))];
        using PieceMerger<SelectionOrder> merger = PieceMerger<SelectionOrder>.Open(sources, 0, codec);
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

        return new CutSummary(keptWriter.Finish().Pieces, droppedWriter.Finish().Pieces);
    }

    internal static RankSummary Rank(RunOpener slice, IScratchSpace scratch, Stream ranked, long bufferBytes, int fanIn, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(scratch);
        var arena = new PieceArena();
        List<RunSource> spills = [];
        using var codec = new BlockCodec();
        try
        {
            using (var reader = new PieceSliceReader(slice))
            {
                while (reader.Read())
                {
                    if (arena.Count > 0 && arena.MemoryBytesWith(reader.Piece.Length) > bufferBytes)
                    {
                        ct.ThrowIfCancellationRequested();
                        Stream stream = scratch.Create();
                        spills.Add(new RunSource(stream, RunKind.RankedPieces));
                        WriteRanked(arena, stream);
                    }

                    arena.Add(reader.Piece, reader.Count);
                }
            }

            if (spills.Count == 0)
            {
                return WriteRanked(arena, ranked);
            }

            Stream last = scratch.Create();
            spills.Add(new RunSource(last, RunKind.RankedPieces));
            WriteRanked(arena, last);
            spills = RunMerge.Reduce(
                spills, RunKind.RankedPieces, fanIn, scratch, (group, merged) => MergeRanked(group, merged, codec, ct), ct);
            return MergeRanked(spills, ranked, codec, ct);
        }
        finally
        {
            spills.ForEach(spill => spill.Dispose());
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
        return new RankSummary(writer.Finish().Pieces);
    }

    private static RankSummary MergeRanked(IReadOnlyList<RunSource> sources, Stream output, BlockCodec codec, CancellationToken ct)
    {
        using PieceMerger<SelectionOrder> merger = PieceMerger<SelectionOrder>.Open(sources, 0, codec);
        using var writer = new PieceSliceWriter(output, RunKind.RankedPieces);
        for (long i = 1; merger.Next(); i++)
        {
            writer.Write(merger.Piece, merger.Count);
            if ((i & 0xFFFF) == 0)
            {
                ct.ThrowIfCancellationRequested();
            }
        }

        return new RankSummary(writer.Finish().Pieces);
    }
}

namespace Bytemill.Training;

/// <summary>Splits pieces by the encoder of the kept ones and adds their counts to the parts.</summary>
public static class PieceSplitter
{
    /// <summary>Splits every piece of one slice. May run for many slices at once over one table.</summary>
    /// <param name="table">All kept pieces.</param>
    /// <param name="slice">Dropped or kept pieces of one shard.</param>
    /// <param name="ranges">Shards that the run is divided into.</param>
    /// <param name="output">Receives a run; left open.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <remarks>Takes 8 bytes a piece of the table's memory.</remarks>
    /// <exception cref="OverflowException">A count exceeds 64 bits.</exception>
    public static RunSummary Split(PieceTable table, RunOpener slice, KeyRanges ranges, Stream output, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(ranges);
        using var sums = new PartSums(table);
        sums.AddPartsOf(slice, ct);
        Span<long> values = sums.Values;
        using var codec = new BlockCodec();
        using var run = new RunWriter(output, RunKind.PieceRun, codec);
        var writer = new PieceWriter(run.Segment);
        using SlicePieces pieces = table.ReadPieces();
        while (pieces.Read())
        {
            long sum = values[pieces.Index];
            if (sum > 0)
            {
                run.EndSegmentsBefore(KeyRanges.KeyOf(pieces.Piece), ranges);
                writer.Write(pieces.Piece, sum);
            }
        }

        run.EndSegmentsBefore(null, ranges);
        return run.Finish() with { TextBytes = writer.TextBytes };
    }

    /// <summary>Splits the pieces of all shards and writes what comes out of it at once as the new kept slice of all.</summary>
    /// <param name="table">All kept pieces.</param>
    /// <param name="slices">Dropped or kept pieces.</param>
    /// <param name="withBase">Whether the table's own counts are added.</param>
    /// <param name="output">Receives a slice; left open.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="OverflowException">A count exceeds 64 bits.</exception>
    internal static PieceSliceSummary SplitAll(
        PieceTable table, IReadOnlyList<RunOpener> slices, bool withBase, Stream output, CancellationToken ct)
    {
        using var sums = new PartSums(table);
        foreach (RunOpener slice in slices)
        {
            sums.AddPartsOf(slice, ct);
        }

        Span<long> values = sums.Values;
        using var writer = new PieceSliceWriter(output);
        using SlicePieces pieces = table.ReadPieces();
        while (pieces.Read())
        {
            long sum = withBase ? checked(values[pieces.Index] + pieces.Count) : values[pieces.Index];
            if (sum > 0)
            {
                writer.Write(pieces.Piece, sum);
            }
        }

        return writer.Finish();
    }
}

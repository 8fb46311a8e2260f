namespace Bytemill.Training;

/// <summary>Divides a shard's counted pieces into those kept and those to be split: single bytes stay, and what is neither too long nor too rare.</summary>
public static class PieceFilter
{
    /// <summary>Filters one slice.</summary>
    /// <param name="slice">Counted pieces of the shard.</param>
    /// <param name="shard">Its index. Single bytes that are absent and whose key lies in it are added with count 1.</param>
    /// <param name="ranges">The ranges that the slice was merged with.</param>
    /// <param name="options"><see cref="TrainerOptions.MaxPieceLength"/> and <see cref="TrainerOptions.MinCount"/>.</param>
    /// <param name="kept">Receives a slice; left open.</param>
    /// <param name="dropped">Receives a slice; left open.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    public static FilterSummary Filter(
        RunOpener slice, int shard, KeyRanges ranges, TrainerOptions options, Stream kept, Stream dropped, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        ArgumentNullException.ThrowIfNull(options);
        using var reader = new PieceSliceReader(slice);
        using var keptWriter = new PieceSliceWriter(kept);
        using var droppedWriter = new PieceSliceWriter(dropped);
        Span<byte> single = stackalloc byte[1];
        int next = 0;
        for (long i = 1; reader.Read(); i++)
        {
            ReadOnlySpan<byte> piece = reader.Piece;
            // A single byte stands before everything else that begins with it.
            for (int end = piece.Length == 1 ? piece[0] : piece[0] + 1; next < end; next++)
            {
                AddByte(next, single);
            }

            next = Math.Max(next, piece[0] + 1);
            bool isKept = piece.Length == 1 || (piece.Length <= options.MaxPieceLength && reader.Count >= options.MinCount);
            (isKept ? keptWriter : droppedWriter).Write(piece, reader.Count);
            if ((i & 0xFFFF) == 0)
            {
                ct.ThrowIfCancellationRequested();
            }
        }

        for (; next < 256; next++)
        {
            AddByte(next, single);
        }

        return new FilterSummary(keptWriter.Finish().Pieces, droppedWriter.Finish().Pieces);

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

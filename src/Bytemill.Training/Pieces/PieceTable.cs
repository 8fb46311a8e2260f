using Bytemill.Tokenization;

namespace Bytemill.Training;

/// <summary>All kept pieces of all shards with their present counts, and the encoder built of them. Immutable: one serves all splits of a round.</summary>
public sealed class PieceTable
{
    private readonly byte[] _blob;
    private readonly int[] _ends;
    private readonly long[] _counts;

    private PieceTable(byte[] blob, int[] ends, long[] counts)
    {
        (_blob, _ends, _counts) = (blob, ends, counts);
        Automaton = PieceAutomaton.Build(blob.AsSpan(0, ends[^1]), ends, counts);
    }

    /// <summary>Number of pieces.</summary>
    public int Count => _ends.Length;

    /// <summary>Indexes are those of this table.</summary>
    public PieceAutomaton Automaton { get; }

    /// <summary>Loads the slices into memory: about the pieces' bytes and 12 each, and the automaton.</summary>
    /// <param name="keptSlicesInShardOrder">One per shard.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="RunFormatException">A slice is damaged, or they are not in shard order.</exception>
    /// <exception cref="InvalidOperationException">The pieces take more than 2 GB.</exception>
    public static PieceTable Load(IReadOnlyList<RunOpener> keptSlicesInShardOrder, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(keptSlicesInShardOrder);
        byte[] blob = new byte[4096];
        var ends = new List<int>();
        var counts = new List<long>();
        foreach (RunOpener slice in keptSlicesInShardOrder)
        {
            ct.ThrowIfCancellationRequested();
            using var reader = new PieceSliceReader(slice);
            while (reader.Read())
            {
                ReadOnlySpan<byte> piece = reader.Piece;
                int start = ends.Count == 0 ? 0 : ends[^1];
                if (start + (long)piece.Length > Array.MaxLength)
                {
                    throw new InvalidOperationException("The kept pieces take more than 2 GB of memory; raise the smallest count.");
                }

                int end = start + piece.Length;
                if (end > blob.Length)
                {
                    Array.Resize(ref blob, (int)Math.Min(Array.MaxLength, Math.Max(2L * blob.Length, end)));
                }

                int before = ends.Count < 2 ? 0 : ends[^2];
                if (ends.Count > 0 && blob.AsSpan(before, start - before).SequenceCompareTo(piece) >= 0)
                {
                    throw RunFormatException.Damaged(0, "pieces do not ascend; slices are out of order or repeated");
                }

                piece.CopyTo(blob.AsSpan(start));
                ends.Add(end);
                counts.Add(reader.Count);
            }
        }

        if (ends.Count < 256)
        {
            throw RunFormatException.Damaged(0, $"{ends.Count} pieces are fewer than the 256 single bytes; a slice is missing");
        }

        return new PieceTable(blob, [.. ends], [.. counts]);
    }

    /// <summary>The piece at an index; pieces ascend by bytes.</summary>
    public ReadOnlySpan<byte> GetPiece(int index)
    {
        int start = index == 0 ? 0 : _ends[index - 1];
        return _blob.AsSpan(start, _ends[index] - start);
    }

    /// <summary>Its count when the table was loaded.</summary>
    public long GetCount(int index) => _counts[index];
}

using System.Buffers.Binary;

namespace Bytemill.Tokenization;

/// <summary>Pieces in memory, read in byte order, whatever order they lie in.</summary>
internal sealed unsafe class SortedBlob : SortedPieces
{
    private readonly byte* _blob;
    private readonly int* _ends;
    private readonly long* _counts;
    private readonly int _count;

    // Positions in byte order; null when that is the order they lie in.
    private readonly int[]? _order;
    private int _next;
    private int _index;

    /// <summary>The arrays must stay where they are as long as this is used.</summary>
    public SortedBlob(byte* blob, int* ends, long* counts, int count)
    {
        _blob = blob;
        _ends = ends;
        _counts = counts;
        _count = count;
        _order = IsSorted() ? null : Sort();
    }

    public override ReadOnlySpan<byte> Piece => PieceAt(_index);

    public override long Count => _counts[_index];

    public override int Index => _index;

    public override void Restart() => _next = 0;

    public override bool Read()
    {
        if (_next == _count)
        {
            return false;
        }

        _index = _order is null ? _next : _order[_next];
        _next++;
        return true;
    }

    private static ulong KeyOf(ReadOnlySpan<byte> piece)
    {
        if (piece.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(piece);
        }

        ulong key = 0;
        for (int i = 0; i < piece.Length; i++)
        {
            key |= (ulong)piece[i] << (56 - (8 * i));
        }

        return key;
    }

    private ReadOnlySpan<byte> PieceAt(int index)
    {
        // SAFETY: ends ascend to the blob's length (CheckShape of PieceAutomaton).
        int start = index == 0 ? 0 : _ends[index - 1];
        return new ReadOnlySpan<byte>(_blob + start, _ends[index] - start);
    }

    private bool IsSorted()
    {
        for (int i = 1; i < _count; i++)
        {
            if (PieceAt(i - 1).SequenceCompareTo(PieceAt(i)) > 0)
            {
                return false;
            }
        }

        return true;
    }

    private int[] Sort()
    {
        int[] order = new int[_count];
        ulong[] keys = new ulong[_count];
        for (int i = 0; i < _count; i++)
        {
            order[i] = i;
            keys[i] = KeyOf(PieceAt(i));
        }

        Array.Sort(keys, order);
        // Pieces with the same first 8 bytes are compared whole; the same piece twice keeps its order, for the message.
        var comparer = Comparer<int>.Create((a, b) =>
        {
            int comparison = PieceAt(a).SequenceCompareTo(PieceAt(b));
            return comparison != 0 ? comparison : a.CompareTo(b);
        });
        for (int first = 0; first < _count;)
        {
            int next = first + 1;
            while (next < _count && keys[next] == keys[first])
            {
                next++;
            }

            if (next - first > 1)
            {
                Array.Sort(order, first, next - first, comparer);
            }

            first = next;
        }

        return order;
    }
}

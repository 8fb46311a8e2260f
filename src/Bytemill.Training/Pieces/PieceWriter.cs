namespace Bytemill.Training;

/// <summary>Writes pieces with their counts into a segment.</summary>
/// <remarks>Entry: number of bytes shared with the piece before, number of the others, those bytes, the count.</remarks>
internal sealed class PieceWriter
{
    private readonly SegmentWriter _segment;
    private byte[] _last = new byte[256];
    private int _lastLength;

    public PieceWriter(SegmentWriter segment)
    {
        _segment = segment;
    }

    /// <summary>Bytes of text that the pieces written so far stand for: each its length, count times. Modulo 2⁶⁴, since no text is so long.</summary>
    public long TextBytes { get; private set; }

    public void Write(ReadOnlySpan<byte> piece, long count)
    {
        Span<byte> room = _segment.Reserve(piece.Length + (3 * VarInt.MaxBytes));
        int shared = _segment.IsAtBlockStart ? 0 : piece.CommonPrefixLength(_last.AsSpan(0, _lastLength));
        int used = VarInt.Write(room, (ulong)shared);
        used += VarInt.Write(room[used..], (ulong)(piece.Length - shared));
        piece[shared..].CopyTo(room[used..]);
        used += piece.Length - shared;
        used += VarInt.Write(room[used..], (ulong)count);
        _segment.Commit(used, count);
        TextBytes = unchecked(TextBytes + (piece.Length * count));
        if (_last.Length < piece.Length)
        {
            _last = new byte[Math.Max(2 * _last.Length, piece.Length)];
        }

        piece[shared..].CopyTo(_last.AsSpan(shared));
        _lastLength = piece.Length;
    }
}

namespace Bytemill.Training;

/// <summary>Reads pieces with their counts from a segment; see <see cref="PieceWriter"/>.</summary>
internal sealed class PieceReader : IDisposable
{
    private readonly SegmentReader _segment;
    private byte[] _block = [];
    private byte[] _piece = new byte[256];
    private int _pieceLength;
    private int _length;
    private int _position;
    private long _entries;

    public PieceReader(SegmentReader segment)
    {
        _segment = segment;
    }

    /// <summary>Number of pieces in the segment.</summary>
    public long Pieces => _segment.Info.Entries;

    /// <summary>Valid until the next read.</summary>
    public ReadOnlySpan<byte> Piece => _piece.AsSpan(0, _pieceLength);

    /// <summary>The piece's first 8 bytes; see <see cref="KeyRanges.KeyOf"/>.</summary>
    public ulong Key { get; private set; }

    public long Count { get; private set; }

    /// <summary>How many bytes at its beginning are known to be those of the piece before.</summary>
    public int Shared { get; private set; }

    public bool Read()
    {
        if (_position == _length && !NextBlock())
        {
            return false;
        }

        ReadOnlySpan<byte> block = _block.AsSpan(0, _length);
        int shared = (int)VarInt.Read(block, ref _position);
        int rest = (int)VarInt.Read(block, ref _position);
        if (_piece.Length < shared + rest)
        {
            Array.Resize(ref _piece, Math.Max(2 * _piece.Length, shared + rest));
        }

        block.Slice(_position, rest).CopyTo(_piece.AsSpan(shared));
        _position += rest;
        _pieceLength = shared + rest;
        Shared = shared;
        Count = (long)VarInt.Read(block, ref _position);
        Key = PackedNGram.Pack(Piece);
        _entries++;
        return true;
    }

    public void Dispose() => _segment.Dispose();

    private bool NextBlock()
    {
        if (_segment.TryReadBlock(out _block, out _length))
        {
            _position = 0;
            return true;
        }

        (_length, _position) = (0, 0);
        return _entries == _segment.Info.Entries
            ? false
            : throw RunFormatException.Damaged(_segment.Info.Offset, $"a segment of {_segment.Info.Entries} pieces has {_entries}");
    }
}

using System.Buffers.Binary;

namespace Bytemill.Training;

/// <summary>Reads sorted n-grams with their counts from a segment; see <see cref="NGramWriter"/>.</summary>
internal sealed class NGramReader : IDisposable
{
    private readonly SegmentReader _segment;
    private byte[] _block = [];
    private int _length;
    private int _position;
    private long _entries;

    public NGramReader(SegmentReader segment)
    {
        _segment = segment;
    }

    public ulong Key { get; private set; }

    public int Length { get; private set; }

    public long Count { get; private set; }

    /// <summary>Moves to the next entry; false at the end.</summary>
    public bool Read()
    {
        if (_position == _length && !NextBlock())
        {
            return false;
        }

        ReadOnlySpan<byte> block = _block.AsSpan(0, _length);
        int head = block[_position++];
        int shared = head >> 4;
        int length = head & 15;
        ulong key = Key & PackedNGram.Mask(shared);
        int rest = length - shared;
        if (_position + sizeof(ulong) <= _length)
        {
            ulong bytes = BinaryPrimitives.ReadUInt64BigEndian(block[_position..]) & PackedNGram.Mask(rest);
            key |= shared == PackedNGram.MaxLength ? 0 : bytes >> (8 * shared);
        }
        else
        {
            for (int i = 0; i < rest; i++)
            {
                key |= (ulong)block[_position + i] << (56 - (8 * (shared + i)));
            }
        }

        _position += rest;
        Key = key;
        Length = length;
        Count = (long)VarInt.Read(block, ref _position);
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
            : throw RunFormatException.Damaged(
                _segment.Info.Offset, $"a segment of {_segment.Info.Entries} entries has {_entries}");
    }
}

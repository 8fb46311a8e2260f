using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Bytemill.Training;

/// <summary>Writes sorted n-grams with their counts into a segment.</summary>
/// <remarks>Entry: one byte (bytes shared with the entry before in the high half, length in the low half), the other bytes, the count.</remarks>
internal struct NGramWriter
{
    private const int MaxEntryBytes = 32;

    private readonly SegmentWriter _segment;
    private ulong _lastKey;
    private int _lastLength;

    public NGramWriter(SegmentWriter segment)
    {
        _segment = segment;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ulong key, int length, long count)
    {
        Span<byte> room = _segment.Reserve(MaxEntryBytes);
        int shared = _segment.IsAtBlockStart ? 0 : PackedNGram.CommonPrefix(_lastKey, _lastLength, key, length);
        room[0] = (byte)((shared << 4) | length);
        // Eight bytes are stored whatever the number; what is too much is overwritten. A shift by 64 would be none.
        BinaryPrimitives.WriteUInt64BigEndian(room[1..], shared == PackedNGram.MaxLength ? 0 : key << (8 * shared));
        int used = 1 + length - shared;
        used += VarInt.Write(room[used..], (ulong)count);
        _segment.Commit(used, count);
        _lastKey = key;
        _lastLength = length;
    }
}

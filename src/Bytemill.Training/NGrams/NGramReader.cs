using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bytemill.Training;

/// <summary>Reads sorted n-grams with their counts from a segment; see <see cref="NGramBlock"/>.</summary>
internal sealed class NGramReader : NGramStream, IDisposable
{
    private readonly SegmentReader _segment;
    private byte[] _block = [];
    private int _length;

    // Where the columns of the block at hand go on, and how many of its entries are left.
    private int _control;
    private int _rest;
    private int _restEnd;
    private int _large;
    private int _left;
    private ulong _lastKey;
    private long _entries;
    private int _position = -1;

    public NGramReader(SegmentReader segment)
    {
        _segment = segment;
    }

    public ulong Key => Batch.Keys[_position];

    public int Length => Batch.Lengths[_position];

    public long Count => Batch.Counts[_position];

    /// <summary>Moves to the next entry; false at the end.</summary>
    public bool Read()
    {
        if (++_position < Batch.Count)
        {
            return true;
        }

        _position = 0;
        return Fill();
    }

    public override bool Fill()
    {
        Batch.Count = 0;
        if (_left == 0 && !NextBlock())
        {
            return false;
        }

        int count = Math.Min(_left, NGramBatch.Capacity);
        ref byte block = ref MemoryMarshal.GetArrayDataReference(_block);
        ref ulong keys = ref MemoryMarshal.GetArrayDataReference(Batch.Keys);
        ref byte lengths = ref MemoryMarshal.GetArrayDataReference(Batch.Lengths);
        ref long counts = ref MemoryMarshal.GetArrayDataReference(Batch.Counts);
        ulong key = _lastKey;
        nint rest = _rest;
        for (int i = 0; i < count; i++)
        {
            // SAFETY: the first column lies in the block (NextBlock checked); the second is left at most by 7 bytes, for which blocks have room.
            int control = Unsafe.Add(ref block, _control + i);
            int shared = control & 7;
            int length = ((control >> 3) & 7) + 1;
            if (length <= shared || rest >= _restEnd)
            {
                throw Disagree();
            }

            ulong bytes = PackedNGram.BigEndian(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref block, rest)));
            key = NGramBlock.Join(key, shared, bytes, length - shared);
            rest += length - shared;
            Unsafe.Add(ref keys, i) = key;
            Unsafe.Add(ref lengths, i) = (byte)length;
            int code = control >> 6;
            Unsafe.Add(ref counts, i) = code == 3 ? ReadLarge() : code + 1;
        }

        _lastKey = key;
        _rest = (int)rest;
        _control += count;
        _left -= count;
        _entries += count;
        if (_left == 0 && (_rest != _restEnd || _large != _length))
        {
            throw Disagree();
        }

        Batch.Count = count;
        return true;
    }

    public void Dispose() => _segment.Dispose();

    private long ReadLarge()
    {
        if (_large < _length)
        {
            byte small = _block[_large++];
            if (small != NGramBlock.Wide)
            {
                return small + NGramBlock.SmallestLarge;
            }

            if (_large + sizeof(long) <= _length)
            {
                long count = BinaryPrimitives.ReadInt64LittleEndian(_block.AsSpan(_large));
                _large += sizeof(long);
                if (count > 0)
                {
                    return count;
                }
            }
        }

        throw Disagree();
    }

    private bool NextBlock()
    {
        if (_segment.TryReadBlock(out _block, out _length))
        {
            ReadOnlySpan<byte> block = _block.AsSpan(0, _length);
            if (_length <= NGramBlock.HeaderBytes)
            {
                throw Disagree();
            }

            _left = BinaryPrimitives.ReadInt32LittleEndian(block);
            int restBytes = BinaryPrimitives.ReadInt32LittleEndian(block[4..]);
            int largeBytes = BinaryPrimitives.ReadInt32LittleEndian(block[8..]);
            if (_left <= 0 || restBytes < 0 || largeBytes < 0 || (long)NGramBlock.HeaderBytes + _left + restBytes + largeBytes != _length)
            {
                throw Disagree();
            }

            _control = NGramBlock.HeaderBytes;
            _rest = _control + _left;
            _restEnd = _rest + restBytes;
            _large = _restEnd;
            _lastKey = 0;
            return true;
        }

        return _entries == _segment.Info.Entries
            ? false
            : throw RunFormatException.Damaged(
                _segment.Info.Offset, $"a segment of {_segment.Info.Entries} entries has {_entries}");
    }

    private RunFormatException Disagree() =>
        RunFormatException.Damaged(_segment.Info.Offset, $"a block of n-grams in the segment that begins there has columns that disagree, after {_entries} entries");
}

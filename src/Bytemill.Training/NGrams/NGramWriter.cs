using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bytemill.Training;

/// <summary>Writes sorted n-grams with their counts into a segment, in blocks as <see cref="NGramBlock"/> says.</summary>
internal sealed class NGramWriter : IDisposable
{
    private const int RestStart = NGramBlock.HeaderBytes + NGramBlock.Entries;

    // Eight bytes are stored whatever the number; what is too much is overwritten.
    private const int LargestRest = (PackedNGram.MaxLength * NGramBlock.Entries) + sizeof(ulong);

    private readonly SegmentWriter _segment;
    private byte[] _block = ArrayPool<byte>.Shared.Rent(RestStart + LargestRest + (NGramBlock.WideBytes * NGramBlock.Entries));
    private byte[] _large = ArrayPool<byte>.Shared.Rent((NGramBlock.WideBytes * NGramBlock.Entries) + 1);
    private int _entries;
    private int _restBytes;
    private int _largeBytes;
    private long _total;
    private ulong _lastKey;
    private int _lastLength;

    /// <param name="segment">Flushes this writer when it ends; one writer for each.</param>
    public NGramWriter(SegmentWriter segment)
    {
        _segment = segment;
        segment.BeforeFinish(Flush);
    }

    /// <summary>Writes the next n-gram: greater than the one before, 1 to 8 bytes, counted once or more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ulong key, int length, long count)
    {
        if (_entries == NGramBlock.Entries)
        {
            Flush();
        }

        int shared = Math.Min(BitOperations.LeadingZeroCount(_lastKey ^ key) >> 3, Math.Min(_lastLength, length));
        ref byte block = ref MemoryMarshal.GetArrayDataReference(_block);
        // SAFETY: the entry is one of at most NGramBlock.Entries in the block, each with at most 8 bytes in the second column.
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref block, RestStart + _restBytes), PackedNGram.BigEndian(NGramBlock.Rest(key, shared)));
        _restBytes += length - shared;
        int code = count < NGramBlock.SmallestLarge ? (int)count - 1 : 3;
        Unsafe.Add(ref block, NGramBlock.HeaderBytes + _entries) = (byte)(shared | ((length - 1) << 3) | (code << 6));
        if (code == 3)
        {
            WriteLarge(count);
        }

        _entries++;
        _total = checked(_total + count);
        (_lastKey, _lastLength) = (key, length);
    }

    /// <summary>Writes n-grams of one length whose counts are the differences of <paramref name="ends"/>; the first's is the difference to <paramref name="start"/>.</summary>
    public void Write(ReadOnlySpan<ulong> keys, int length, ReadOnlySpan<long> ends, long start)
    {
        while (!keys.IsEmpty)
        {
            if (_entries == NGramBlock.Entries)
            {
                Flush();
            }

            int take = Math.Min(keys.Length, NGramBlock.Entries - _entries);
            start = WriteInto(keys[..take], length, ends[..take], start);
            keys = keys[take..];
            ends = ends[take..];
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_block);
        ArrayPool<byte>.Shared.Return(_large);
        (_block, _large) = ([], []);
    }

    private long WriteInto(ReadOnlySpan<ulong> keys, int length, ReadOnlySpan<long> ends, long start)
    {
        // SAFETY: the caller gives no more entries than the block has room for, and as many ends as keys.
        ref byte control = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_block), NGramBlock.HeaderBytes + _entries);
        ref byte rest = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_block), RestStart);
        ref byte large = ref MemoryMarshal.GetArrayDataReference(_large);
        ref long end = ref MemoryMarshal.GetReference(ends);
        nint restBytes = _restBytes;
        nint largeBytes = _largeBytes;
        ulong last = _lastKey;
        int limit = Math.Min(_lastLength, length);
        long first = start;
        int lengthBits = (length - 1) << 3;
        for (int i = 0; i < keys.Length; i++)
        {
            ulong key = keys[i];
            long count = Unsafe.Add(ref end, i) - start;
            start += count;
            int shared = Math.Min(BitOperations.LeadingZeroCount(last ^ key) >> 3, limit);
            limit = length;
            last = key;
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref rest, restBytes), PackedNGram.BigEndian(NGramBlock.Rest(key, shared)));
            restBytes += length - shared;
            int code = (int)Math.Min(count - 1, 3);
            Unsafe.Add(ref control, i) = (byte)(shared | lengthBits | (code << 6));
            if (count >= NGramBlock.Wide + NGramBlock.SmallestLarge)
            {
                _largeBytes = (int)largeBytes;
                WriteLarge(count);
                largeBytes = _largeBytes;
            }
            else
            {
                // Stored for every count, kept for the large ones.
                Unsafe.Add(ref large, largeBytes) = (byte)(count - NGramBlock.SmallestLarge);
                largeBytes += code == 3 ? 1 : 0;
            }
        }

        _entries += keys.Length;
        _restBytes = (int)restBytes;
        _largeBytes = (int)largeBytes;
        _total = checked(_total + start - first);
        (_lastKey, _lastLength) = (last, length);
        return start;
    }

    private void WriteLarge(long count)
    {
        if (count < NGramBlock.Wide + NGramBlock.SmallestLarge)
        {
            _large[_largeBytes++] = (byte)(count - NGramBlock.SmallestLarge);
        }
        else
        {
            _large[_largeBytes] = NGramBlock.Wide;
            BinaryPrimitives.WriteInt64LittleEndian(_large.AsSpan(_largeBytes + 1), count);
            _largeBytes += NGramBlock.WideBytes;
        }
    }

    private void Flush()
    {
        if (_entries == 0)
        {
            return;
        }

        Span<byte> block = _block;
        BinaryPrimitives.WriteInt32LittleEndian(block, _entries);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], _restBytes);
        BinaryPrimitives.WriteInt32LittleEndian(block[8..], _largeBytes);
        int restStart = NGramBlock.HeaderBytes + _entries;
        if (restStart != RestStart)
        {
            block.Slice(RestStart, _restBytes).CopyTo(block[restStart..]);
        }

        _large.AsSpan(0, _largeBytes).CopyTo(block[(restStart + _restBytes)..]);
        int largeStart = restStart + _restBytes;
        _segment.WriteBlock(block[..(largeStart + _largeBytes)], [restStart, largeStart], _entries, _total);
        (_entries, _restBytes, _largeBytes, _total) = (0, 0, 0, 0);
        (_lastKey, _lastLength) = (0, 0);
    }
}

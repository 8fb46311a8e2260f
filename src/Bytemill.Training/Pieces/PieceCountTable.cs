using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Bytemill.Training;

/// <summary>Counts of distinct pieces: open addressing, 32 bytes a slot, in which pieces of up to 15 bytes lie whole.</summary>
internal sealed unsafe class PieceCountTable : IDisposable
{
    /// <summary>Pieces handed over at once.</summary>
    public const int BatchPieces = 32;

    private const int LeastSlots = 512;
    private const int LongestWhole = 15;
    private const byte LongMark = byte.MaxValue;
    private const int SmallSort = 24;
    private const ulong Factor = 0x9E37_79B9_7F4A_7C15;

    private readonly Slot* _batch = (Slot*)NativeMemory.AlignedAlloc(BatchPieces * Slot.Bytes, 64);
    private readonly ulong* _hashes = (ulong*)NativeMemory.AlignedAlloc(BatchPieces * sizeof(ulong), 64);
    private Slot* _slots;
    private long _size = LeastSlots;

    // Pieces longer than a slot, one behind the other.
    private byte[] _bytes = new byte[4096];
    private int _used;

    public PieceCountTable()
    {
        _slots = Allocate(_size);
    }

    ~PieceCountTable() => Release();

    /// <summary>Distinct pieces.</summary>
    public long Count { get; private set; }

    /// <summary>Most memory that is taken on the way to one more piece of this length. Sorting takes none on top.</summary>
    public long MemoryBytesWith(int length)
    {
        // While it grows, the table is there twice over, half as large and twice as large.
        long table = _size * Slot.Bytes * (MustGrow ? 3 : 1);
        long more = length > LongestWhole ? length : 0;
        if (_used + more > Array.MaxLength || _size > long.MaxValue / (8 * Slot.Bytes))
        {
            return long.MaxValue;
        }

        return table + (_used + more > _bytes.Length ? _bytes.Length + Math.Max(2L * _bytes.Length, _used + more) : _bytes.Length);
    }

    /// <summary>Makes ready up to <see cref="BatchPieces"/> pieces; what they need is on its way afterwards.</summary>
    /// <param name="text">They lie one behind the other from <paramref name="start"/> on.</param>
    /// <param name="start">Where the first begins.</param>
    /// <param name="ends">Where each ends.</param>
    public void Prepare(ReadOnlySpan<byte> text, int start, ReadOnlySpan<int> ends)
    {
        // SAFETY: 16 bytes are loaded from a piece's start on; near the end of the text, from a copy with room behind it.
        byte* copy = stackalloc byte[32];
        int shift = Shift;
        fixed (byte* bytes = text)
        {
            for (int i = 0; i < ends.Length; i++)
            {
                int length = ends[i] - start;
                byte* piece = bytes + start;
                if (start + 16 > text.Length)
                {
                    text[start..].CopyTo(new Span<byte>(copy, 16));
                    piece = copy;
                }

                Slot* slot = _batch + i;
                slot->First = PackedNGram.BigEndian(*(ulong*)piece) & PackedNGram.Mask(Math.Min(length, 8));
                ulong rest = length > 8 ? PackedNGram.BigEndian(*(ulong*)(piece + 8)) & PackedNGram.Mask(Math.Min(length - 8, 7)) : 0;
                slot->Second = rest | (length <= LongestWhole ? (uint)length : LongMark);
                slot->Offset = start;
                slot->Length = length;
                ulong hash = ((slot->Second * Factor) ^ slot->First) * Factor;
                if (length > LongestWhole)
                {
                    hash = HashLong(hash, bytes + start + LongestWhole, length - LongestWhole);
                }

                hash ^= hash >> 32;
                hash *= Factor;
                _hashes[i] = hash;
                Prefetch(_slots + (hash >> shift));
                start = ends[i];
            }
        }
    }

    /// <summary>Length of a prepared piece.</summary>
    public int PreparedLength(int index) => _batch[index].Length;

    /// <summary>Adds to the count of a prepared piece if it is there.</summary>
    /// <param name="text">As prepared.</param>
    /// <param name="index">Which one.</param>
    /// <param name="count">At least 1.</param>
    /// <exception cref="OverflowException">The piece's count exceeds 64 bits.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryCount(ReadOnlySpan<byte> text, int index, long count)
    {
        Slot* slot = Find(text, index);
        if (slot->Count == 0)
        {
            return false;
        }

        slot->Count = checked(slot->Count + count);
        return true;
    }

    /// <summary>Adds a prepared piece that is not there.</summary>
    public void Insert(ReadOnlySpan<byte> text, int index, long count)
    {
        if (MustGrow)
        {
            Grow();
        }

        Slot* slot = Find(text, index);
        *slot = _batch[index];
        slot->Count = count;
        if (slot->Length > LongestWhole)
        {
            if (_used + slot->Length > _bytes.Length)
            {
                Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(2L * _bytes.Length, _used + slot->Length)));
            }

            text.Slice(slot->Offset, slot->Length).CopyTo(_bytes.AsSpan(_used));
            slot->Offset = _used;
            _used += slot->Length;
        }

        Count++;
    }

    /// <summary>Brings the pieces into byte order; until <see cref="Clear"/> nothing can be counted.</summary>
    public void Sort()
    {
        // At most half of the slots are taken: the other half is room to sort in.
        long to = 0;
        for (long from = 0; from < _size; from++)
        {
            if (_slots[from].Count != 0)
            {
                _slots[to++] = _slots[from];
            }
        }

        Sort(_slots, _slots + Count, Count, 56, isInRoom: false);
    }

    /// <summary>A piece of the sorted table.</summary>
    /// <param name="index">Its rank from 0.</param>
    /// <param name="room">16 bytes that a short piece is written to.</param>
    /// <param name="key">Its first 8 bytes.</param>
    /// <param name="count">Its count.</param>
    public ReadOnlySpan<byte> Sorted(long index, Span<byte> room, out ulong key, out long count)
    {
        Slot* slot = _slots + index;
        key = slot->First;
        count = slot->Count;
        if (slot->Length > LongestWhole)
        {
            return _bytes.AsSpan(slot->Offset, slot->Length);
        }

        BinaryPrimitives.WriteUInt64BigEndian(room, slot->First);
        BinaryPrimitives.WriteUInt64BigEndian(room[8..], slot->Second);
        return room[..slot->Length];
    }

    /// <summary>Forgets all pieces; keeps the memory.</summary>
    public void Clear()
    {
        NativeMemory.Clear(_slots, (nuint)(_size * Slot.Bytes));
        (Count, _used) = (0, 0);
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private bool MustGrow => 2 * (Count + 1) > _size;

    private int Shift => 64 - BitOperations.Log2((ulong)_size);

    private static Slot* Allocate(long slots)
    {
        var memory = (Slot*)LargeBlock.Allocate((nuint)(slots * Slot.Bytes));
        NativeMemory.Clear(memory, (nuint)(slots * Slot.Bytes));
        return memory;
    }

    private static ulong HashLong(ulong hash, byte* bytes, int length)
    {
        for (; length >= sizeof(ulong); length -= sizeof(ulong), bytes += sizeof(ulong))
        {
            hash = (hash ^ *(ulong*)bytes) * Factor;
            hash ^= hash >> 29;
        }

        ulong rest = (ulong)length;
        for (int i = 0; i < length; i++)
        {
            rest = (rest << 8) | bytes[i];
        }

        return (hash ^ rest) * Factor;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Slot* Find(ReadOnlySpan<byte> text, int index)
    {
        Slot* wanted = _batch + index;
        long mask = _size - 1;
        for (long place = (long)(_hashes[index] >> Shift); ; place = (place + 1) & mask)
        {
            Slot* slot = _slots + place;
            if (((slot->First ^ wanted->First) | (slot->Second ^ wanted->Second)) == 0)
            {
                // An empty slot has no length, and so agrees with no piece.
                if ((byte)wanted->Second != LongMark
                    || (slot->Length == wanted->Length
                        && _bytes.AsSpan(slot->Offset, slot->Length).SequenceEqual(text.Slice(wanted->Offset, wanted->Length))))
                {
                    return slot;
                }
            }
            else if (slot->Count == 0)
            {
                return slot;
            }
        }
    }

    private void Grow()
    {
        Slot* before = _slots;
        long size = _size;
        Slot* slots = Allocate(2 * size);
        _slots = slots;
        _size = 2 * size;
        int shift = Shift;
        for (long i = 0; i < size; i++)
        {
            if (before[i].Count != 0)
            {
                long place = (long)(HashOf(before + i) >> shift);
                while (slots[place].Count != 0)
                {
                    place = (place + 1) & (_size - 1);
                }

                slots[place] = before[i];
            }
        }

        LargeBlock.Free((byte*)before);
    }

    private ulong HashOf(Slot* slot)
    {
        ulong hash = ((slot->Second * Factor) ^ slot->First) * Factor;
        if (slot->Length > LongestWhole)
        {
            fixed (byte* bytes = _bytes)
            {
                hash = HashLong(hash, bytes + slot->Offset + LongestWhole, slot->Length - LongestWhole);
            }
        }

        hash ^= hash >> 32;
        return hash * Factor;
    }

    /// <summary>Radix sort by one byte of the first eight after another, out of one half of the room into the other and back.</summary>
    /// <param name="slots">What to sort.</param>
    /// <param name="room">As much room again.</param>
    /// <param name="count">How many.</param>
    /// <param name="shift">Of the byte that tells them apart first.</param>
    /// <param name="isInRoom">Whether they have to end up in the room.</param>
    private void Sort(Slot* slots, Slot* room, long count, int shift, bool isInRoom)
    {
        if (count <= SmallSort || shift < 0)
        {
            if (shift < 0 && count > SmallSort)
            {
                new Span<Slot>(slots, checked((int)count)).Sort((a, b) => Compare(&a, &b));
            }
            else
            {
                SortFew(slots, count);
            }

            if (isInRoom)
            {
                Buffer.MemoryCopy(slots, room, count * Slot.Bytes, count * Slot.Bytes);
            }

            return;
        }

        long* starts = stackalloc long[257];
        new Span<long>(starts, 257).Clear();
        for (long i = 0; i < count; i++)
        {
            starts[((slots[i].First >> shift) & 0xFF) + 1]++;
        }

        for (int i = 1; i <= 256; i++)
        {
            starts[i] += starts[i - 1];
        }

        for (long i = 0; i < count; i++)
        {
            room[starts[(slots[i].First >> shift) & 0xFF]++] = slots[i];
        }

        long start = 0;
        for (int i = 0; i < 256; i++)
        {
            long end = starts[i];
            if (end > start)
            {
                Sort(room + start, slots + start, end - start, shift - 8, !isInRoom);
                start = end;
            }
        }
    }

    private void SortFew(Slot* slots, long count)
    {
        for (long i = 1; i < count; i++)
        {
            Slot slot = slots[i];
            long place = i;
            for (; place > 0 && Compare(&slot, slots + place - 1) < 0; place--)
            {
                slots[place] = slots[place - 1];
            }

            slots[place] = slot;
        }
    }

    private int Compare(Slot* a, Slot* b)
    {
        if (a->First != b->First)
        {
            return a->First < b->First ? -1 : 1;
        }

        if (a->Second != b->Second)
        {
            return a->Second < b->Second ? -1 : 1;
        }

        return (byte)a->Second == LongMark
            ? _bytes.AsSpan(a->Offset, a->Length).SequenceCompareTo(_bytes.AsSpan(b->Offset, b->Length))
            : 0;
    }

    private void Release()
    {
        LargeBlock.Free((byte*)_slots);
        NativeMemory.AlignedFree(_batch);
        NativeMemory.AlignedFree(_hashes);
        _slots = null;
    }

    /// <summary>A piece: its first 15 bytes, zeros behind them, and its length or a mark that it is longer, in such a way that order by both words is byte order.</summary>
    private struct Slot
    {
        public const int Bytes = 32;

        public ulong First;
        public ulong Second;

        // 0: the slot is empty.
        public long Count;

        // Where a long piece lies; or, while it is only prepared, any piece in its text.
        public int Offset;
        public int Length;
    }
}

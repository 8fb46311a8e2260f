using System.Runtime.CompilerServices;

namespace Bytemill.Training;

/// <summary>The table of the n-grams of one length in memory, or the part of it from <see cref="FirstSlot"/> on; see <see cref="NGramModelLayout"/>.</summary>
internal readonly unsafe struct NGramModelTable
{
    public NGramModelTable(byte* slots, long capacity, int length, int indexBytes, long firstSlot = 0, long slotCount = 0)
    {
        Slots = slots;
        (Capacity, Length, IndexBytes, FirstSlot, SlotCount) = (capacity, length, indexBytes, firstSlot, slotCount);
        SlotBytes = NGramModelLayout.SlotBytes(length, indexBytes);
    }

    /// <summary>Null for a table that stays in its file.</summary>
    public byte* Slots { get; }

    public long Capacity { get; }

    public int Length { get; }

    public int IndexBytes { get; }

    public int SlotBytes { get; }

    public long FirstSlot { get; }

    /// <summary>Slots of a whole table, those that were pushed over its end and the empty one behind them included; 0 where nobody asks.</summary>
    public long SlotCount { get; }

    public static ulong HashAt(byte* slot, int length) => *(ulong*)slot << (64 - (8 * length));

    /// <summary>Index of an n-gram's own count; 0 when it is not there.</summary>
    public uint OwnIndex(ulong lastOnTop)
    {
        byte* slot = Find(NGramModelLayout.Hash(lastOnTop, Length));
        return slot == null ? 0 : OwnIndexAt(slot);
    }

    /// <summary>The slot of a hash, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Find(ulong hash)
    {
        // SAFETY: the last slot is empty and so has the largest hash; when this is a part, it reaches as far as any n-gram was pushed.
        byte* slot = Slots + ((NGramModelLayout.Share(hash, Capacity) - FirstSlot) * SlotBytes);
        while (HashAt(slot, Length) < hash)
        {
            slot += SlotBytes;
        }

        return HashAt(slot, Length) == hash && OwnIndexAt(slot) != 0 ? slot : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint OwnIndexAt(byte* slot)
    {
        byte* own = slot + Length + ((Length - 3) * IndexBytes);
        return IndexBytes == sizeof(ushort) ? *(ushort*)own : *(uint*)own;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bytemill.Training;

/// <summary>Reads parts of the tables of a model that stays in its file, one part at a time. For one thread.</summary>
internal sealed unsafe class NGramTableReader
{
    /// <summary>Memory taken, unless thousands of n-grams crowd at one home: a part that was read is then still in the second-level cache when it is searched.</summary>
    public const int BufferBytes = 256 << 10;

    // What lies between two homes is read over where asking for the second apart would take longer: a call costs a microsecond.
    private const int LargestGapBytes = 16 << 10;

    // Read behind the last home at first; n-grams seldom lie farther.
    private const int UsualSlack = 32;

    private readonly NGramModel _model;
    private readonly int _slack;
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);

    /// <param name="model">Has its tables in a file; must outlive this.</param>
    /// <param name="slack">Slots to read behind the last home at first.</param>
    public NGramTableReader(NGramModel model, int slack = UsualSlack) => (_model, _slack) = (model, slack);

    /// <summary>Reads the part of a table in which the first few of <paramref name="hashes"/> are found or missed.</summary>
    /// <param name="length">Of the n-grams, 3 or more.</param>
    /// <param name="hashes">Ascending, 1 or more.</param>
    /// <param name="unknown">Bits of the hashes that say nothing: they can be any.</param>
    /// <param name="part">Where to find them; until the next call.</param>
    /// <returns>How many hashes, 1 or more.</returns>
    /// <exception cref="RunFormatException">The file became shorter.</exception>
    public int Read(int length, ReadOnlySpan<ulong> hashes, ulong unknown, out NGramModelTable part)
    {
        NGramModelTable table = _model.Table(length);
        int slotBytes = table.SlotBytes;
        long mostSlots = (BufferBytes - NGramModelLayout.Padding) / slotBytes;
        long gapSlots = LargestGapBytes / slotBytes;
        long first = Home(hashes[0] & ~unknown, table.Capacity);
        long last = Home(hashes[0] | unknown, table.Capacity);
        int count = 1;
        for (; count < hashes.Length; count++)
        {
            long next = Home(hashes[count] | unknown, table.Capacity);
            if (next - last > gapSlots || next + _slack - first >= mostSlots)
            {
                break;
            }

            last = next;
        }

        // Every search ends at the first slot that holds no less, so the part must reach to one; behind the table's last there is nothing.
        ulong largest = (hashes[count - 1] | unknown) & PackedNGram.Mask(length);
        for (long slack = _slack; ; slack = 8 * (slack + 1))
        {
            long end = Math.Min(table.SlotCount, last + 1 + slack);
            byte* slots = Fill(table, first, end);
            if (end == table.SlotCount || NGramModelTable.HashAt(slots + ((end - 1 - first) * slotBytes), length) >= largest)
            {
                part = new NGramModelTable(slots, table.Capacity, length, table.IndexBytes, first);
                return count;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Home(ulong hash, long capacity) => NGramModelLayout.Share(hash, capacity);

    private byte* Fill(NGramModelTable table, long first, long end)
    {
        int bytes = checked((int)((end - first) * table.SlotBytes));
        if (_buffer.Length < bytes + NGramModelLayout.Padding)
        {
            _buffer = GC.AllocateUninitializedArray<byte>(bytes + NGramModelLayout.Padding, pinned: true);
        }

        _model.ReadTable(table.Length, first * table.SlotBytes, _buffer.AsSpan(0, bytes));
        return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_buffer));
    }
}

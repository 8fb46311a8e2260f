using System.Runtime.InteropServices;

namespace Bytemill.Training;

/// <summary>A piece of a table while it is made: its slots, and behind them those that belong to the next piece.</summary>
/// <remarks>The slots that linear probing takes do not depend on the order of insertion; kept sorted, neither does what stands in them.</remarks>
internal sealed unsafe class NGramModelPiece : IDisposable
{
    private readonly NGramModelTable _table;
    private readonly long _slots;
    private byte* _memory;
    private long _room;

    /// <param name="table">Where the piece belongs; its slots are not looked at.</param>
    /// <param name="slots">Slots of the piece.</param>
    /// <param name="slack">Slots behind it to begin with.</param>
    public NGramModelPiece(NGramModelTable table, long slots, int slack)
    {
        (_table, _slots, _room, UsedSlots) = (table, slots, slots + slack, slots);
        _memory = LargeBlock.Allocate(Size(_room));
        Empty(0);
    }

    ~NGramModelPiece() => LargeBlock.Free(_memory);

    /// <summary>n-grams in the piece and behind it.</summary>
    public long Count { get; private set; }

    /// <summary>One more than the last slot that is taken, but no less than the piece's slots.</summary>
    public long UsedSlots { get; private set; }

    /// <summary>The first slots, of which there may be some behind the piece, the last of all excepted.</summary>
    public ReadOnlySpan<byte> Bytes(long slots) => new(_memory, checked((int)(slots * _table.SlotBytes)));

    /// <exception cref="RunFormatException">The n-gram is there already.</exception>
    public void Insert(ulong hash, byte* indexes)
    {
        int slotBytes = _table.SlotBytes;
        int length = _table.Length;
        long slot = NGramModelLayout.Share(hash, _table.Capacity) - _table.FirstSlot;
        // An n-gram pushed out of the piece before has its home there.
        slot = Math.Max(slot, 0);
        while (!IsEmpty(At(slot)) && NGramModelTable.HashAt(At(slot), length) < hash)
        {
            slot++;
        }

        long end = slot;
        while (!IsEmpty(At(end)))
        {
            end++;
        }

        if (end > slot)
        {
            if (NGramModelTable.HashAt(At(slot), length) == hash)
            {
                throw RunFormatException.Damaged(0, $"an n-gram of {length} bytes is there twice; slices are repeated");
            }

            long bytes = (end - slot) * slotBytes;
            Buffer.MemoryCopy(At(slot), At(slot + 1), bytes, bytes);
        }

        byte* target = At(slot);
        ulong bytesOfHash = hash >> (64 - (8 * length));
        for (int i = 0; i < length; i++)
        {
            target[i] = (byte)(bytesOfHash >> (8 * i));
        }

        int indexBytes = (length - 2) * _table.IndexBytes;
        Buffer.MemoryCopy(indexes, target + length, indexBytes, indexBytes);
        Count++;
        UsedSlots = Math.Max(UsedSlots, end + 1);
        // The last slot stays empty: searches end there.
        if (end + 2 >= _room)
        {
            Grow();
        }
    }

    /// <summary>Gives away what lies behind the piece.</summary>
    public void MoveSurplusTo(NGramModelPiece next)
    {
        for (long slot = _slots; slot < UsedSlots; slot++)
        {
            next.Insert(NGramModelTable.HashAt(At(slot), _table.Length), At(slot) + _table.Length);
            next.Count--;
        }
    }

    /// <summary>The longest way from an n-gram's home to its slot.</summary>
    public long Farthest()
    {
        long farthest = 0;
        for (long slot = 0; slot < UsedSlots; slot++)
        {
            if (!IsEmpty(At(slot)))
            {
                long home = NGramModelLayout.Share(NGramModelTable.HashAt(At(slot), _table.Length), _table.Capacity) - _table.FirstSlot;
                farthest = Math.Max(farthest, slot - home);
            }
        }

        return farthest;
    }

    public void Dispose()
    {
        LargeBlock.Free(_memory);
        _memory = null;
        GC.SuppressFinalize(this);
    }

    private nuint Size(long slots) => (nuint)((slots * _table.SlotBytes) + NGramModelLayout.Padding);

    private byte* At(long slot) => _memory + (slot * _table.SlotBytes);

    private bool IsEmpty(byte* slot) => _table.OwnIndexAt(slot) == 0;

    private void Empty(long from)
    {
        for (long slot = from; slot < _room; slot++)
        {
            new Span<byte>(At(slot), _table.Length).Fill(byte.MaxValue);
            new Span<byte>(At(slot) + _table.Length, _table.SlotBytes - _table.Length).Clear();
        }

        NativeMemory.Clear(At(_room), NGramModelLayout.Padding);
    }

    private void Grow()
    {
        long room = 2 * _room;
        byte* memory = LargeBlock.Allocate(Size(room));
        Buffer.MemoryCopy(_memory, memory, (long)Size(room), _room * _table.SlotBytes);
        LargeBlock.Free(_memory);
        long before = _room;
        _memory = memory;
        _room = room;
        Empty(before);
    }
}

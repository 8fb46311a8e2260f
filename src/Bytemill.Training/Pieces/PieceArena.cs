namespace Bytemill.Training;

/// <summary>Pieces with counts, in memory, one behind the other.</summary>
internal sealed class PieceArena
{
    private byte[] _bytes = new byte[4096];
    private Entry[] _entries = new Entry[256];
    private int _used;

    public int Count { get; private set; }

    /// <summary>Memory taken, and what sorting takes on top.</summary>
    public long MemoryBytes => _bytes.Length + ((long)_entries.Length * (Entry.Bytes + sizeof(ulong) + sizeof(int)));

    public ReadOnlySpan<byte> Piece(int index) => _bytes.AsSpan(_entries[index].Offset, _entries[index].Length);

    public ref long CountOf(int index) => ref _entries[index].Count;

    /// <summary>What <see cref="MemoryBytes"/> would grow to if a piece of this length were added.</summary>
    public long MemoryBytesWith(int length)
    {
        long bytes = _bytes.Length;
        long entries = _entries.Length;
        bytes = _used + length > bytes ? Math.Max(2 * bytes, _used + length) : bytes;
        entries = Count == entries ? 2 * entries : entries;
        // An arena is one array: it cannot pass 2 GB.
        return _used + (long)length > Array.MaxLength || entries > Array.MaxLength / Entry.Bytes
            ? long.MaxValue
            : bytes + (entries * (Entry.Bytes + sizeof(ulong) + sizeof(int)));
    }

    public int Add(ReadOnlySpan<byte> piece, long count)
    {
        if (_used + piece.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(2L * _bytes.Length, _used + piece.Length)));
        }

        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, 2 * Count);
        }

        piece.CopyTo(_bytes.AsSpan(_used));
        _entries[Count] = new Entry { Offset = _used, Length = piece.Length, Count = count };
        _used += piece.Length;
        return Count++;
    }

    public void Clear() => (_used, Count) = (0, 0);

    /// <summary>Indexes of the entries in byte order.</summary>
    public int[] SortByBytes()
    {
        int[] order = new int[Count];
        ulong[] keys = new ulong[Count];
        for (int i = 0; i < Count; i++)
        {
            order[i] = i;
            keys[i] = PackedNGram.Pack(Piece(i));
        }

        Array.Sort(keys, order);
        SortEqual(keys, order, (a, b) => Piece(a).SequenceCompareTo(Piece(b)));
        return order;
    }

    /// <summary>Indexes of the entries in selection order.</summary>
    public int[] SortForSelection()
    {
        int[] order = new int[Count];
        ulong[] keys = new ulong[Count];
        for (int i = 0; i < Count; i++)
        {
            order[i] = i;
            // Single bytes first, then by falling count: counts are not negative, so this is never below the half where they begin.
            keys[i] = _entries[i].Length == 1 ? (ulong)(long.MaxValue - CountOf(i)) : ulong.MaxValue - (ulong)CountOf(i);
        }

        Array.Sort(keys, order);
        SortEqual(keys, order, (a, b) => SelectionOrder.Compare(Piece(a), _entries[a].Count, Piece(b), _entries[b].Count));
        return order;
    }

    // Entries with the same key are compared whole.
    private static void SortEqual(ulong[] keys, int[] order, Comparison<int> compare)
    {
        for (int start = 0; start < keys.Length;)
        {
            int end = start + 1;
            while (end < keys.Length && keys[end] == keys[start])
            {
                end++;
            }

            if (end - start > 1)
            {
                order.AsSpan(start, end - start).Sort(compare);
            }

            start = end;
        }
    }

    private struct Entry
    {
        public const int Bytes = 16;

        public int Offset;
        public int Length;
        public long Count;
    }
}

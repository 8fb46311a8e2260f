using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bytemill.Training;

/// <summary>Writes the n-grams of a text in order with their counts, with keys of 32 bits (orders up to 6) or 64.</summary>
/// <remarks>
/// The histogram of the first two bytes of all keys cuts the key space into ranges whose keys fit the room at once. For each range the
/// text is read again and every key goes to the place of its first two bytes, without these; then each place is sorted and counted, mostly
/// within the cache. Where two bytes are shared by more keys than fit, the next two divide them.
/// </remarks>
internal sealed unsafe class NGramSorter<T> : INGramSorter
    where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
{
    private const int Slots = 1 << 16;
    private const int Levels = 4;
    private const int TopShift = 48;

    // Distinct keys handed to the writer at once.
    private const int WriteLength = 512;

    private readonly int _order;
    private readonly KeyRanges _ranges;
    private readonly long _weight;

    // By level: number of keys by two of their bytes.
    private readonly uint*[] _sizes = new uint*[Levels];

    // Full n-grams of a slot go from the front of its place up, tails from its end down.
    private T** _fronts = (T**)NativeMemory.Alloc(Slots, (nuint)sizeof(T*));
    private T** _backs = (T**)NativeMemory.Alloc(Slots, (nuint)sizeof(T*));

    private NGramText _text = null!;
    private RunWriter _run = null!;
    private NGramWriter _writer = null!;
    private T* _room;
    private long _roomKeys;

    /// <param name="order">Longest n-gram.</param>
    /// <param name="ranges">Shards.</param>
    /// <param name="weight">What every count is multiplied by, at least 1.</param>
    public NGramSorter(int order, KeyRanges ranges, long weight)
    {
        (_order, _ranges, _weight) = (order, ranges, weight);
    }

    /// <summary>Frees the tables when <see cref="Dispose"/> was forgotten.</summary>
    ~NGramSorter() => Free();

    // Bytes that a stored key lacks at its end; the two of its slot are the others that it lacks.
    private static int DroppedBytes => sizeof(T) == sizeof(ulong) ? 0 : 2;

    /// <inheritdoc/>
    public void Write(NGramText text, RunWriter run)
    {
        using var writer = new NGramWriter(run.Segment);
        (_text, _run, _writer) = (text, run, writer);
        _room = (T*)text.Room(out long bytes);
        _roomKeys = Math.Min(bytes / sizeof(T), int.MaxValue);
        if (!text.IsEmpty)
        {
            WriteLevel(0, 0);
        }

        run.EndSegmentsBefore(null, _ranges);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    // Writes the keys that begin with 2 * level bytes, those of prefix.
    private void WriteLevel(int level, ulong prefix)
    {
        int shift = TopShift - (16 * level);
        if (_sizes[level] == null)
        {
            _sizes[level] = (uint*)NativeMemory.Alloc(Slots, sizeof(uint));
        }

        uint* sizes = _sizes[level];
        new Span<uint>(sizes, Slots).Clear();
        var histogram = new HistogramSink(sizes, prefix, shift);
        _text.Scan(ref histogram);

        int slot = 0;
        while (slot < Slots)
        {
            if (sizes[slot] == 0)
            {
                slot++;
            }
            else if (sizes[slot] > _roomKeys / 2)
            {
                ulong key = prefix | ((ulong)slot << shift);
                if (shift == 0)
                {
                    WriteSingle(key);
                }
                else
                {
                    WriteLevel(level + 1, key);
                }

                slot++;
            }
            else
            {
                slot = WriteGroup(sizes, slot, prefix, shift);
            }
        }
    }

    // Sorts and counts the keys of as many slots as fit, from the first on; returns the slot after them.
    private int WriteGroup(uint* sizes, int first, ulong prefix, int shift)
    {
        // Sorting a slot needs its size again.
        long keys = 0;
        long largest = 0;
        int end = first;
        for (; end < Slots; end++)
        {
            largest = Math.Max(largest, sizes[end]);
            if (keys + sizes[end] + largest > _roomKeys)
            {
                break;
            }

            _fronts[end] = _room + keys;
            keys += sizes[end];
            _backs[end] = _room + keys;
        }

        ulong low = prefix | ((ulong)first << shift);
        ulong high = prefix | ((ulong)(end - 1) << shift) | ((1UL << shift) - 1);
        var scatter = new ScatterSink(_fronts, _backs, low, high - low, shift);
        _text.Scan(ref scatter);
        T* temp = _room + keys;
        T* start = _room;
        for (int slot = first; slot < end; slot++)
        {
            if (sizes[slot] > 0)
            {
                // The front has met the back.
                long count = _fronts[slot] - start;
                WriteSlot(start, count, sizes[slot] - count, temp, prefix | ((ulong)slot << shift), (shift / 8) - 1);
                start += sizes[slot];
            }
        }

        return end;
    }

    // The full n-grams and behind them the tails of a slot; highestByte is the last of a key that may differ.
    private void WriteSlot(T* keys, long count, long tailCount, T* temp, ulong slotKey, int highestByte)
    {
        T* tails = keys + count;
        // The lowest byte of a tail is its length.
        KeySorter<T>.Sort(tails, temp, tailCount, 0, Math.Max(0, highestByte - DroppedBytes));
        KeySorter<T>.Sort(keys, temp, count, PackedNGram.MaxLength - _order - DroppedBytes, highestByte - DroppedBytes);
        long distinct = Distinct(keys, count, temp);
        T* ends = keys;
        long written = 0;
        for (long i = 0; i < tailCount;)
        {
            T tail = tails[i];
            long start = i;
            do
            {
                i++;
            }
            while (i < tailCount && tails[i] == tail);

            // A tail comes before the full n-gram of the same key, being shorter.
            int length = byte.CreateTruncating(tail);
            T padded = tail ^ T.CreateTruncating(length);
            long before = FirstFrom(temp, written, distinct, padded);
            WriteFull(temp, ends, written, before, slotKey);
            written = before;
            ulong key = Restore(padded, slotKey);
            _run.EndSegmentsBefore(key, _ranges);
            _writer.Write(key, length, checked((i - start) * _weight));
        }

        WriteFull(temp, ends, written, distinct, slotKey);
    }

    // Called for every slot: clearing the two spans first would cost more than their use.
    [SkipLocalsInit]
    private void WriteFull(T* keys, T* ends, long from, long to, ulong slotKey)
    {
        Span<ulong> writtenKeys = stackalloc ulong[WriteLength];
        Span<long> writtenEnds = stackalloc long[WriteLength];
        long start = from == 0 ? 0 : checked(long.CreateTruncating(ends[from - 1]) * _weight);
        while (from < to)
        {
            int count = (int)Math.Min(to - from, WriteLength);
            for (int i = 0; i < count; i++)
            {
                writtenKeys[i] = Restore(keys[from + i], slotKey);
                writtenEnds[i] = checked(long.CreateTruncating(ends[from + i]) * _weight);
            }

            _run.EndSegmentsBefore(writtenKeys[0], _ranges);
            int nextShard = _run.SegmentCount + 1;
            if (nextShard < _ranges.Count && writtenKeys[count - 1] >= _ranges.Starts[nextShard])
            {
                int cut = writtenKeys[..count].BinarySearch(_ranges.Starts[nextShard]);
                count = cut < 0 ? ~cut : cut;
            }

            _writer.Write(writtenKeys[..count], _order, writtenEnds[..count], start);
            start = writtenEnds[count - 1];
            from += count;
        }
    }

    // All n-grams of the text that are this key, tails of its beginning among them when only zeros follow.
    private void WriteSingle(ulong key)
    {
        long* counts = stackalloc long[PackedNGram.MaxLength + 1];
        new Span<long>(counts, PackedNGram.MaxLength + 1).Clear();
        var single = new SingleSink(counts, key);
        _text.Scan(ref single);
        counts[_order] = counts[0];
        for (int length = 1; length <= _order; length++)
        {
            if (counts[length] > 0)
            {
                _run.EndSegmentsBefore(key, _ranges);
                _writer.Write(key, length, checked(counts[length] * _weight));
            }
        }
    }

    // Distinct keys go to distinct; their ends among the sorted keys replace these, from the first on.
    private static long Distinct(T* sorted, long count, T* distinct)
    {
        if (count == 0)
        {
            return 0;
        }

        long found = 0;
        for (long i = 0; i + 1 < count; i++)
        {
            T key = sorted[i];
            T next = sorted[i + 1];
            distinct[found] = key;
            // SAFETY: found <= i, so no key that is still to be read is overwritten.
            sorted[found] = T.CreateTruncating(i + 1);
            found += key != next ? 1 : 0;
        }

        distinct[found] = sorted[count - 1];
        sorted[found] = T.CreateTruncating(count);
        return found + 1;
    }

    private static long FirstFrom(T* sorted, long low, long high, T key)
    {
        while (low < high)
        {
            long middle = (low + high) / 2;
            if (sorted[middle] < key)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Store(ulong key) => T.CreateTruncating(key >> (8 * DroppedBytes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Restore(T stored, ulong slotKey) => slotKey | (ulong.CreateTruncating(stored) << (8 * DroppedBytes));

    private void Free()
    {
        for (int level = 0; level < Levels; level++)
        {
            NativeMemory.Free(_sizes[level]);
            _sizes[level] = null;
        }

        NativeMemory.Free(_fronts);
        NativeMemory.Free(_backs);
        _fronts = null;
        _backs = null;
    }

    /// <summary>Counts keys by the two bytes from bit <paramref name="shift"/> up, when those above are as in the prefix.</summary>
    private readonly struct HistogramSink(uint* sizes, ulong prefix, int shift) : INGramSink
    {
        public void Full(ulong* keys, int count)
        {
            uint* target = sizes;
            if (shift == TopShift)
            {
                for (int i = 0; i < count; i++)
                {
                    target[keys[i] >> TopShift]++;
                }
            }
            else
            {
                for (int i = 0; i < count; i++)
                {
                    Count(keys[i]);
                }
            }
        }

        public void Tail(ulong key, int length) => Count(key);

        private void Count(ulong key)
        {
            ulong slot = (key - prefix) >> shift;
            if (key >= prefix && slot < Slots)
            {
                sizes[slot]++;
            }
        }
    }

    /// <summary>Puts the keys from <paramref name="low"/> up to that plus <paramref name="span"/> where their slots are.</summary>
    private readonly struct ScatterSink(T** fronts, T** backs, ulong low, ulong span, int shift) : INGramSink
    {
        public void Full(ulong* keys, int count)
        {
            // In place: the number kept never exceeds the number read.
            ulong from = low;
            ulong length = span;
            int kept = 0;
            for (int i = 0; i < count; i++)
            {
                ulong key = keys[i];
                keys[kept] = key;
                kept += key - from <= length ? 1 : 0;
            }

            // SAFETY: the histogram counted these very keys, so each finds room in its slot's place.
            T** target = fronts;
            int down = shift;
            for (int i = 0; i < kept; i++)
            {
                ulong key = keys[i];
                *target[(ushort)(key >> down)]++ = Store(key);
            }
        }

        public void Tail(ulong key, int length)
        {
            if (key - low <= span)
            {
                *--backs[(ushort)(key >> shift)] = Store(key) | T.CreateTruncating(length);
            }
        }
    }

    /// <summary>Counts one key: full n-grams at 0, tails by length.</summary>
    private readonly struct SingleSink(long* counts, ulong wanted) : INGramSink
    {
        public void Full(ulong* keys, int count)
        {
            for (int i = 0; i < count; i++)
            {
                counts[0] += keys[i] == wanted ? 1 : 0;
            }
        }

        public void Tail(ulong key, int length) => counts[length] += key == wanted ? 1 : 0;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Bytemill.Training;

/// <summary>Cuts chunks into pieces by the best path through the n-gram model. For one thread; keeps its buffers until it is disposed.</summary>
/// <remarks>
/// Window by window: first the longest kept n-gram that ends at each byte is looked up, for all bytes in the table of full order, then
/// for those that were not found in the next shorter one, and so on. Where a look goes depends on nothing but the text, so
/// it is prefetched long before. Then the best path, over the counts that were found.
/// </remarks>
public sealed unsafe class NGramSegmenter : IDisposable
{
    /// <summary>Bytes of text looked up at a time: what the buffers take then stays in the second-level cache.</summary>
    public const int UsualWindowBytes = 2048;

    /// <summary>Most bytes of text that can be looked up at a time.</summary>
    public const int LargestWindowBytes = 1 << PositionBits;

    // A position and the top of a hash are sorted as one number.
    private const int PositionBits = 20;
    private const ulong PositionMask = (1UL << PositionBits) - 1;

    // For each byte looked up at a time: its place in a window, in the queue and in the keys to sort with their copy; and in what holds
    // a window's text outside of here with its routes and the ends of its pieces.
    private const int BufferBytesPerByte = 1 + sizeof(int) + (2 * sizeof(ulong)) + 2 + sizeof(int);

    // Looks on their way at once: the processor keeps about so many lines coming.
    private const int BlockLooks = 16;

    // One lane for each length up to 8.
    private const int Lanes = 8;

    // A look loads the bytes before the one it is for.
    private const int BytesBefore = 8;

    // A route packs where state 0 came from (low bits) and whether the last state came from itself.
    private const int Route0Mask = 15;
    private const int RouteLastFlag = 16;

    private readonly NGramModel _model;
    private readonly bool _useVectors;
    private readonly int _order;
    private readonly int[] _oneEnd = new int[1];
    private readonly double _logTotal;

    private readonly int _windowBytes;

    // One block of memory outside the garbage collector's heap, which would keep windows of a megabyte long after their task. In it: the scores of
    // bytes that begin a piece; text, rows and queue of a window; and for blocks of looks under way their hashes and slots.
    private readonly double* _begins;
    private readonly byte* _window;
    private readonly byte* _rows;
    private readonly int* _queue;
    private readonly ulong* _hashes;
    private readonly byte** _slots;

    // For a model in a file: keys to sort and room for their copy, and what reads its tables.
    private readonly ulong* _keys;
    private readonly NGramTableReader? _tables;
    private byte* _memory;
    private byte[] _routes = new byte[1024];

    /// <param name="model">Must outlive this.</param>
    /// <param name="ensureUnicode">Whether pieces may not begin at bytes 0x80 to 0xBF.</param>
    /// <param name="windowBytes">
    /// Bytes of text looked up at a time. More than <see cref="UsualWindowBytes"/> is for a model that stays in its file: the looks of a
    /// window then go through each table from its beginning to its end, so that a part of it is read once for a window.
    /// </param>
    public NGramSegmenter(NGramModel model, bool ensureUnicode, int windowBytes = UsualWindowBytes)
        : this(model, ensureUnicode, useVectors: true, windowBytes)
    {
    }

    internal NGramSegmenter(NGramModel model, bool ensureUnicode, bool useVectors, int windowBytes = UsualWindowBytes)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(windowBytes, BytesBefore);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(windowBytes, LargestWindowBytes);
        _windowBytes = windowBytes;
        _tables = model.IsInFile ? new NGramTableReader(model) : null;
        nuint keyBytes = model.IsInFile ? 2 * (nuint)windowBytes * sizeof(ulong) : 0;
        nuint rowBytes = (nuint)windowBytes * Lanes * (nuint)model.IndexBytes;
        _memory = LargeBlock.Allocate(
            (256 * sizeof(double)) + (2 * 2 * BlockLooks * sizeof(ulong)) + keyBytes + rowBytes + ((nuint)windowBytes * sizeof(int)) + BytesBefore + (nuint)windowBytes);

        // From the widest elements down, so that all are aligned.
        _begins = (double*)_memory;
        _hashes = (ulong*)(_begins + 256);
        _slots = (byte**)(_hashes + (2 * BlockLooks));
        _keys = (ulong*)(_slots + (2 * BlockLooks));
        _rows = (byte*)_keys + keyBytes;
        _queue = (int*)(_rows + rowBytes);
        _window = (byte*)(_queue + windowBytes) + BytesBefore;
        new Span<byte>(_window - BytesBefore, BytesBefore).Clear();
        _model = model;
        _order = model.Order;
        _useVectors = useVectors && Avx2.IsSupported && _order == 6;
        _logTotal = model.LogTotal;
        for (int b = 0; b < 256; b++)
        {
            _begins[b] = ensureUnicode && (b & 0xC0) == 0x80 ? double.NegativeInfinity : model.Score([(byte)b]);
        }
    }

    /// <summary>Frees the buffers when <see cref="Dispose"/> was forgotten.</summary>
    ~NGramSegmenter() => LargeBlock.Free(_memory);

    /// <summary>The window to look a model up with: of one in its file, the largest whose buffers take no more than so many bytes; at least the usual one.</summary>
    public static int WindowBytesWithin(long memoryBytes, NGramModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.IsInFile
            ? (int)Math.Clamp((memoryBytes - NGramTableReader.BufferBytes) / (BufferBytesPerByte + (Lanes * model.IndexBytes)), UsualWindowBytes, LargestWindowBytes)
            : UsualWindowBytes;
    }

    /// <summary>Writes the best split of <paramref name="chunk"/> as piece end offsets.</summary>
    /// <param name="chunk">Any bytes, length L.</param>
    /// <param name="ends">Room for L offsets. Filled with byte offsets, ascending; the last is L.</param>
    /// <returns>Number of pieces, 0 when L is 0.</returns>
    /// <exception cref="ArgumentException"><paramref name="ends"/> holds fewer than L offsets.</exception>
    /// <remarks>
    /// Time O(L), memory one byte per byte of the longest call. Ties, also where no split is possible at all, go as in bytepiece 0.6.3
    /// (<c>Trainer._tokenize</c>): the lowest state wins, among sums that are compared after rounding.
    /// </remarks>
    public int Segment(ReadOnlySpan<byte> chunk, Span<int> ends)
    {
        _oneEnd[0] = chunk.Length;
        return Segment(chunk, _oneEnd, ends);
    }

    /// <summary>Writes the best splits of many chunks that lie one behind the other.</summary>
    /// <param name="text">The chunks, length L.</param>
    /// <param name="chunkEnds">End offset of each chunk, ascending; the last is L.</param>
    /// <param name="ends">Room for L offsets. Filled with piece end offsets in <paramref name="text"/>, ascending; every chunk's end is one.</param>
    /// <returns>Number of pieces in all.</returns>
    /// <exception cref="ArgumentException"><paramref name="ends"/> is too short, or chunk ends do not ascend to L.</exception>
    public int Segment(ReadOnlySpan<byte> text, ReadOnlySpan<int> chunkEnds, Span<int> ends)
    {
        if (ends.Length < text.Length)
        {
            throw new ArgumentException($"Needs room for {text.Length} offsets; found {ends.Length}.", nameof(ends));
        }

        ObjectDisposedException.ThrowIf(_memory == null, this);
        CheckChunks(text.Length, chunkEnds);
        if (_routes.Length < text.Length)
        {
            _routes = new byte[(int)Math.Min(Array.MaxLength, Math.Max(2L * _routes.Length, text.Length))];
        }

        int pieces = _model.IndexBytes == sizeof(ushort) ? Segment<ushort>(text, chunkEnds, ends) : Segment<uint>(text, chunkEnds, ends);
        GC.KeepAlive(_model);
        GC.KeepAlive(this);
        return pieces;
    }

    /// <summary>Frees the buffers.</summary>
    public void Dispose()
    {
        LargeBlock.Free(_memory);
        _memory = null;
        GC.SuppressFinalize(this);
    }

    private static void CheckChunks(int length, ReadOnlySpan<int> chunkEnds)
    {
        int start = 0;
        foreach (int end in chunkEnds)
        {
            if (end < start || end > length)
            {
                throw new ArgumentException($"Chunk ends must ascend to {length}; found {end} after {start}.", nameof(chunkEnds));
            }

            start = end;
        }

        if (start != length)
        {
            throw new ArgumentException($"The last chunk must end at {length}; found {start}.", nameof(chunkEnds));
        }
    }

    /// <summary>Bytes of text looked up at a time.</summary>
    public int WindowBytes => _windowBytes;

    private int Segment<TIndex>(ReadOnlySpan<byte> text, ReadOnlySpan<int> chunkEnds, Span<int> ends)
        where TIndex : unmanaged
    {
        int pieces = 0;
        int chunk = 0;
        int start = 0;
        byte* window = _window;
        var rows = (TIndex*)_rows;

        // Of the best paths, by state; and of the n-grams that end at the byte before, by length, c() being that of length 0.
        double* best = stackalloc double[Lanes];
        double* before = stackalloc double[Lanes + 1];
        fixed (byte* routes = _routes)
        {
            for (int first = 0; first < text.Length; first += _windowBytes)
            {
                int length = Math.Min(_windowBytes, text.Length - first);
                text.Slice(first, length).CopyTo(new Span<byte>(window, length));
                LookUp(window, length, first, chunkEnds[chunk..], start, rows);
                for (int i = 0; i < length;)
                {
                    int end = chunkEnds[chunk];
                    if (end == start)
                    {
                        chunk++;
                        continue;
                    }

                    if (first + i == start)
                    {
                        BeginPath(window[i], rows + (i * Lanes), best, before);
                        i++;
                    }

                    int stop = Math.Min(end - first, length);
                    if (_useVectors)
                    {
                        FollowPathOfOrder6(window, i, stop, rows, routes + first, best, before);
                    }
                    else
                    {
                        FollowPath(window, i, stop, rows, routes + first, best, before);
                    }

                    i = stop;
                    if (first + stop == end)
                    {
                        pieces += Trace(IndexOfBest(best, _order), start, end, routes, ends.Slice(pieces, end - start));
                        start = end;
                        chunk++;
                    }
                }

                *(ulong*)(window - BytesBefore) = *(ulong*)(window + length - BytesBefore);
            }
        }

        return pieces;
    }

    /// <summary>Fills the rows of a window: at each byte, the index of the kept n-gram of each length that ends there, 0 where there is none.</summary>
    private void LookUp<TIndex>(byte* window, int length, int first, ReadOnlySpan<int> chunkEnds, int start, TIndex* rows)
        where TIndex : unmanaged
    {
        NativeMemory.Clear(rows, (nuint)length * Lanes * (nuint)sizeof(TIndex));
        var bytes = (TIndex*)_model.Bytes;
        var pairs = (TIndex*)_model.Pairs;
        int* queue = _queue;
        int queued = 0;
        int chunk = 0;
        int chunkStart = start;
        for (int i = 0; i < length;)
        {
            int end = chunkEnds[chunk];
            int stop = Math.Min(end - first, length);

            // Nothing crosses a chunk's edge: the first bytes have no n-gram of full order.
            for (int before = first + i - chunkStart; before < _order - 1 && i < stop; before++, i++)
            {
                TIndex* row = rows + (i * Lanes);
                row[0] = bytes[window[i]];
                if (before > 0)
                {
                    row[1] = pairs[*(ushort*)(window + i - 1)];
                }
            }

            for (; i < stop; i++)
            {
                TIndex* row = rows + (i * Lanes);
                row[0] = bytes[window[i]];
                if (_order > 1)
                {
                    row[1] = pairs[*(ushort*)(window + i - 1)];
                }

                queue[queued++] = i;
            }

            if (first + stop == end)
            {
                chunkStart = end;
                chunk++;
            }
        }

        for (int n = _order; n >= 3; n--)
        {
            if (n < _order)
            {
                queued = QueueBeginnings(n, queue, queued, first, length, chunkEnds, start);
            }

            queued = n switch
            {
                8 => LookUp<Eight, TIndex>(window, rows, queued),
                7 => LookUp<Seven, TIndex>(window, rows, queued),
                6 => LookUp<Six, TIndex>(window, rows, queued),
                5 => LookUp<Five, TIndex>(window, rows, queued),
                4 => LookUp<Four, TIndex>(window, rows, queued),
                _ => LookUp<Three, TIndex>(window, rows, queued),
            };
        }
    }

    /// <summary>Queues the bytes that are the n-th of their chunk.</summary>
    private static int QueueBeginnings(int n, int* queue, int queued, int first, int length, ReadOnlySpan<int> chunkEnds, int start)
    {
        foreach (int end in chunkEnds)
        {
            int place = start + n - 1 - first;
            if (place >= length)
            {
                break;
            }

            if (place >= 0 && start + n <= end)
            {
                queue[queued++] = place;
            }

            start = end;
        }

        return queued;
    }

    /// <summary>Looks for the n-grams of one length that end at the queued bytes; those not found stay in the queue.</summary>
    /// <returns>How many those are.</returns>
    private int LookUp<TLength, TIndex>(byte* window, TIndex* rows, int queued)
        where TLength : struct, ILength
        where TIndex : unmanaged
    {
        if (_tables is null)
        {
            return LookUp<TLength, TIndex>(_model.Table(TLength.Value), window, rows, 0, queued, 0);
        }

        SortByHash<TLength>(window, queued);
        ReadOnlySpan<ulong> keys = new(_keys, queued);
        int missed = 0;
        for (int from = 0; from < queued;)
        {
            int count = _tables.Read(TLength.Value, keys[from..], PositionMask, out NGramModelTable part);
            missed = LookUp<TLength, TIndex>(part, window, rows, from, from + count, missed);
            from += count;
        }

        return missed;
    }

    /// <summary>Looks for those of a part of the queue in a table or the part of it where they belong.</summary>
    /// <returns>How many were not found in all, <paramref name="missed"/> of them before.</returns>
    private int LookUp<TLength, TIndex>(NGramModelTable table, byte* window, TIndex* rows, int from, int to, int missed)
        where TLength : struct, ILength
        where TIndex : unmanaged
    {
        // SAFETY: queued bytes lie in the window, with 8 bytes before it. Slots: as in NGramModelTable.Find. What was not found is
        // written where the queue was read already.
        int* missing = _queue;
        int* queue = missing + from;
        int queued = to - from;
        long capacity = table.Capacity;
        long slotBytes = NGramModelLayout.SlotBytes(TLength.Value, sizeof(TIndex));
        byte* slots = table.Slots - (table.FirstSlot * slotBytes);
        byte* lastBytes = window - (sizeof(ulong) - 1);
        for (int block = -BlockLooks; block < queued; block += BlockLooks)
        {
            ulong* hashes = _hashes + ((block + BlockLooks) & BlockLooks);
            var places = _slots + ((block + BlockLooks) & BlockLooks);
            int* ahead = queue + block + BlockLooks;
            int count = Math.Min(queued - block - BlockLooks, BlockLooks);
            for (int i = 0; i < count; i++)
            {
                ulong key = *(ulong*)(lastBytes + ahead[i]) & PackedNGram.Mask(TLength.Value);
                ulong hash = NGramModelLayout.Hash(key, TLength.Value);
                byte* slot = slots + (NGramModelLayout.Share(hash, capacity) * slotBytes);
                Prefetch(slot);
                hashes[i] = hash;
                places[i] = slot;
            }

            if (block < 0)
            {
                continue;
            }

            hashes = _hashes + (block & BlockLooks);
            places = _slots + (block & BlockLooks);
            int* now = queue + block;
            count = Math.Min(queued - block, BlockLooks);
            for (int i = 0; i < count; i++)
            {
                ulong hash = hashes[i];
                byte* slot = places[i];
                int position = now[i];
                while (NGramModelTable.HashAt(slot, TLength.Value) < hash)
                {
                    slot += slotBytes;
                }

                byte* indexes = slot + TLength.Value;
                uint own = sizeof(TIndex) == sizeof(ushort)
                    ? ((ushort*)indexes)[TLength.Value - 3]
                    : ((uint*)indexes)[TLength.Value - 3];
                bool isFound = (NGramModelTable.HashAt(slot, TLength.Value) == hash) & (own != 0);

                // Without a branch: whether it is there cannot be guessed.
                CopyIndexes<TLength, TIndex>(indexes, rows + (position * Lanes), isFound ? ulong.MaxValue : 0);
                missing[missed] = position;
                missed += isFound ? 0 : 1;
            }
        }

        return missed;
    }

    /// <summary>Puts queued bytes in the order of where their looks go; the keys say where, but for the lowest bits.</summary>
    private void SortByHash<TLength>(byte* window, int queued)
        where TLength : struct, ILength
    {
        byte* lastBytes = window - (sizeof(ulong) - 1);
        int* queue = _queue;
        ulong* keys = _keys;
        for (int i = 0; i < queued; i++)
        {
            ulong key = *(ulong*)(lastBytes + queue[i]) & PackedNGram.Mask(TLength.Value);
            keys[i] = (NGramModelLayout.Hash(key, TLength.Value) & ~PositionMask) | (uint)queue[i];
        }

        // The two lowest bytes would only tell positions apart.
        KeySorter<ulong>.Sort(keys, keys + _windowBytes, queued, lowestByte: 2, highestByte: sizeof(ulong) - 1);
        for (int i = 0; i < queued; i++)
        {
            queue[i] = (int)(keys[i] & PositionMask);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyIndexes<TLength, TIndex>(byte* indexes, TIndex* row, ulong mask)
        where TLength : struct, ILength
        where TIndex : unmanaged
    {
        // SAFETY: reads no more than 32 bytes from the slot's start on, which are there.
        int bytes = (TLength.Value - 2) * sizeof(TIndex);
        var target = (byte*)(row + 2);
        *(ulong*)target = *(ulong*)indexes & mask & Ones(bytes);
        if (bytes > 8 && sizeof(TIndex) == sizeof(ushort))
        {
            // Narrow rows end here.
            *(uint*)(target + 8) = *(uint*)(indexes + 8) & (uint)(mask & Ones(bytes - 8));
        }
        else if (bytes > 8)
        {
            *(ulong*)(target + 8) = *(ulong*)(indexes + 8) & mask & Ones(bytes - 8);
        }

        if (bytes > 16)
        {
            *(ulong*)(target + 16) = *(ulong*)(indexes + 16) & mask & Ones(bytes - 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Ones(int bytes) => bytes >= sizeof(ulong) ? ulong.MaxValue : (1UL << (8 * bytes)) - 1;

    /// <summary>The path's scores at the first byte of a chunk: it is the first of a piece.</summary>
    private void BeginPath<TIndex>(byte value, TIndex* row, double* best, double* before)
        where TIndex : unmanaged
    {
        new Span<double>(best, Lanes).Fill(double.NegativeInfinity);
        best[0] = _begins[value];
        before[0] = _logTotal;
        for (int j = 0; j < Lanes; j++)
        {
            before[j + 1] = Math.Max(0, Log(row, j));
        }
    }

    /// <summary>The textbook loop for any order and processor.</summary>
    private void FollowPath<TIndex>(byte* text, int start, int end, TIndex* rows, byte* routes, double* best, double* before)
        where TIndex : unmanaged
    {
        int last = _order - 1;
        double* scores = stackalloc double[Lanes];
        for (int i = start; i < end; i++)
        {
            TIndex* row = rows + (i * Lanes);
            double begin = _begins[text[i]];
            double log = Log(row, 0);
            for (int j = 1; j <= last; j++)
            {
                // The n-gram without its last byte is kept when the n-gram is; when it is not, 0 will do.
                double ofPrefix = Math.Max(0, log);
                log = Log(row, j);
                scores[j] = log - before[j];
                before[j] = ofPrefix;
            }

            double best0 = best[0] + begin;
            int route = 0;
            for (int k = 1; k <= last; k++)
            {
                double sum = best[k] + begin;
                if (sum > best0)
                {
                    best0 = sum;
                    route = k;
                }
            }

            if (last > 0)
            {
                double fromBefore = best[last - 1] + scores[last];
                double fromItself = best[last] + scores[last];
                bool isItself = fromItself > fromBefore;
                route |= isItself ? RouteLastFlag : 0;
                best[last] = isItself ? fromItself : fromBefore;
                for (int j = last - 1; j > 0; j--)
                {
                    best[j] = best[j - 1] + scores[j];
                }
            }

            best[0] = best0;
            routes[i] = (byte)route;
        }
    }

    /// <summary>As <see cref="FollowPath"/>, with everything in registers and no branch on a score.</summary>
    private void FollowPathOfOrder6<TIndex>(byte* text, int start, int end, TIndex* rows, byte* routes, double* best, double* before)
        where TIndex : unmanaged
    {
        double* logs = _model.Logs;

        // States 0 to 3 and 4, 5; likewise the logarithms of c(), and of the n-grams of 1 to 5 bytes that end at the byte before.
        Vector256<double> low = Vector256.Load(best);
        Vector128<double> high = Vector128.Load(best + 4);
        Vector256<double> lowBefore = Vector256.Load(before);
        Vector128<double> highBefore = Vector128.Load(before + 4);
        for (int i = start; i < end; i++)
        {
            TIndex* row = rows + (i * Lanes);
            Vector256<int> indexes = sizeof(TIndex) == sizeof(ushort)
                ? Avx2.ConvertToVector256Int32((ushort*)row)
                : Vector256.Load((int*)row);
            Vector256<double> lowLogs = Avx2.GatherVector256(logs, indexes.GetLower(), sizeof(double));
            Vector128<double> highLogs = Avx2.GatherVector128(logs, indexes.GetUpper(), sizeof(double));
            Vector256<double> lowScores = lowLogs - lowBefore;
            Vector128<double> highScores = highLogs - highBefore;

            // One length further; what stands for c() is not looked at.
            Vector256<double> lowOwn = Avx.Max(lowLogs, Vector256<double>.Zero);
            highBefore = Sse2.Shuffle(lowOwn.GetUpper(), Sse2.Max(highLogs, Vector128<double>.Zero), 1);
            lowBefore = Avx2.Permute4x64(lowOwn, 0b10_01_00_00);

            // State 0, from whichever sum is largest; of equal sums from the lowest.
            Vector256<double> node = Avx.BroadcastScalarToVector256(_begins + text[i]);
            Vector256<double> lowSums = low + node;
            Vector128<double> highSums = high + node.GetLower();
            Vector128<double> max = Sse2.Max(Sse2.Max(lowSums.GetLower(), lowSums.GetUpper()), highSums);
            max = Sse2.Max(max, Sse2.Shuffle(max, max, 1));
            Vector256<double> max256 = Avx2.BroadcastScalarToVector256(max);
            uint isMax = Vector256.Equals(lowSums, max256).ExtractMostSignificantBits()
                | (Vector128.Equals(highSums, max256.GetLower()).ExtractMostSignificantBits() << 4);
            int route = BitOperations.TrailingZeroCount(isMax);

            // States 4 and 5 from 3 and 4; 5 also from itself, if that is strictly better.
            Vector128<double> fromBefore = Sse2.Shuffle(low.GetUpper(), high, 1) + highScores;
            Vector128<double> fromItself = high + highScores;
            uint isItself = Vector128.GreaterThan(fromItself, fromBefore).ExtractMostSignificantBits() >> 1;
            high = Sse41.Blend(fromBefore, Sse2.Max(fromBefore, fromItself), 2);

            // States 1 to 3 from 0 to 2.
            low = Avx.Blend(Avx2.Permute4x64(low, 0b10_01_00_00) + lowScores, max256, 1);
            routes[i] = (byte)(route | (int)(isItself * RouteLastFlag));
        }

        low.Store(best);
        high.Store(best + 4);
        lowBefore.Store(before);
        highBefore.Store(before + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Log<TIndex>(TIndex* row, int lane)
        where TIndex : unmanaged =>
        _model.Logs[sizeof(TIndex) == sizeof(ushort) ? ((ushort*)row)[lane] : ((uint*)row)[lane]];

    private static int IndexOfBest(double* best, int count)
    {
        int state = 0;
        for (int j = 1; j < count; j++)
        {
            if (best[j] > best[state])
            {
                state = j;
            }
        }

        return state;
    }

    /// <summary>Follows the routes back. Where no path is possible the best state is 0 all along, and so is its route, as in the reference.</summary>
    private int Trace(int state, int start, int end, byte* routes, Span<int> ends)
    {
        int last = _order - 1;
        int free = ends.Length;
        ends[--free] = end;
        for (int i = end - 1; i > start; i--)
        {
            int route = routes[i];
            if (state == 0)
            {
                ends[--free] = i;
                state = route & Route0Mask;
            }
            else if (state != last || (route & RouteLastFlag) == 0)
            {
                state--;
            }
        }

        int pieces = ends.Length - free;
        ends[free..].CopyTo(ends);
        return pieces;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    /// <summary>A length that the compiler knows.</summary>
    private interface ILength
    {
        static abstract int Value { get; }
    }

    private readonly struct Three : ILength
    {
        public static int Value => 3;
    }

    private readonly struct Four : ILength
    {
        public static int Value => 4;
    }

    private readonly struct Five : ILength
    {
        public static int Value => 5;
    }

    private readonly struct Six : ILength
    {
        public static int Value => 6;
    }

    private readonly struct Seven : ILength
    {
        public static int Value => 7;
    }

    private readonly struct Eight : ILength
    {
        public static int Value => 8;
    }
}

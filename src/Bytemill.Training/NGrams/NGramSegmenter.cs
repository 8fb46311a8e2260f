using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Bytemill.Training;

/// <summary>Cuts chunks into pieces by the best path through the n-gram model. For one thread; keeps its buffers.</summary>
/// <remarks>
/// First the automaton's state at every byte, walked from many places of the text at once: a state depends on no more than
/// <c>Order</c> bytes, and the time goes into waiting for memory. Then the best path over the scores that each state holds.
/// Many chunks in one call are faster than as many calls.
/// </remarks>
public sealed unsafe class NGramSegmenter
{
    private const int MaxLanes = 16;

    // A lane has to read order − 1 bytes more than it needs.
    private const int SmallestLane = 24;
    private const int PrefetchDistance = 16;

    // The states of a window stay in the second-level cache. Not a power of two, so that the lanes do not all write to the same set of
    // the first-level cache.
    private const int WindowBytes = MaxLanes * 520;

    // A route packs where state 0 came from (low bits) and whether the last state came from itself.
    private const int Route0Mask = 15;
    private const int RouteLastFlag = 16;
    private const byte ChunkStart = 1;

    private readonly NGramModel _model;
    private readonly bool _ensureUnicode;
    private readonly bool _useVectors;
    private readonly int _order;
    private readonly int[] _oneEnd = new int[1];
    private readonly long[] _states = new long[WindowBytes];

    // While walking: where chunks start. After it: routes.
    private byte[] _routes = new byte[1024];

    /// <param name="model">Must outlive this.</param>
    /// <param name="ensureUnicode">Whether pieces may not begin at bytes 0x80 to 0xBF.</param>
    public NGramSegmenter(NGramModel model, bool ensureUnicode)
        : this(model, ensureUnicode, useVectors: true)
    {
    }

    internal NGramSegmenter(NGramModel model, bool ensureUnicode, bool useVectors)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _ensureUnicode = ensureUnicode;
        _order = model.Order;
        _useVectors = useVectors && Avx2.IsSupported && _order == 6;
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

        Reserve(text.Length);
        MarkChunks(text.Length, chunkEnds);
        if (text.Length == 0)
        {
            return 0;
        }

        int pieces = 0;
        double* best = stackalloc double[PackedNGram.MaxLength];
        fixed (byte* bytes = text)
        fixed (long* states = _states)
        fixed (byte* routes = _routes)
        {
            int chunk = 0;
            int start = 0;
            long state = NGramModelLayout.Root;
            for (int window = 0; window < text.Length; window += WindowBytes)
            {
                int length = Math.Min(WindowBytes, text.Length - window);
                state = Walk(bytes + window, length, routes + window, state, states);
                for (int i = window; i < window + length;)
                {
                    int end = chunkEnds[chunk];
                    if (end == start)
                    {
                        chunk++;
                        continue;
                    }

                    if (i == start)
                    {
                        BeginPath(bytes[i], states[i - window], best);
                        i++;
                    }

                    int stop = Math.Min(end, window + length);
                    if (_useVectors)
                    {
                        FollowPathOfOrder6(bytes + window, i - window, stop - window, length, states, routes + window, best);
                    }
                    else
                    {
                        FollowPath(bytes + window, i - window, stop - window, states, routes + window, best);
                    }

                    i = stop;
                    if (stop == end)
                    {
                        pieces += Trace(IndexOfBest(best, _order), start, end, routes, ends.Slice(pieces, end - start));
                        start = end;
                        chunk++;
                    }
                }
            }
        }

        GC.KeepAlive(_model);
        return pieces;
    }

    private void Reserve(int length)
    {
        if (_routes.Length < length)
        {
            _routes = new byte[(int)Math.Min(Array.MaxLength, Math.Max(2L * _routes.Length, length))];
        }
    }

    private void MarkChunks(int length, ReadOnlySpan<int> chunkEnds)
    {
        _routes.AsSpan(0, length).Clear();
        int start = 0;
        foreach (int end in chunkEnds)
        {
            if (end < start || end > length)
            {
                throw new ArgumentException($"Chunk ends must ascend to {length}; found {end} after {start}.", nameof(chunkEnds));
            }

            if (end > start)
            {
                _routes[start] = ChunkStart;
            }

            start = end;
        }

        if (start != length)
        {
            throw new ArgumentException($"The last chunk must end at {length}; found {start}.", nameof(chunkEnds));
        }
    }

    /// <summary>Finds the states at all bytes of a window.</summary>
    /// <param name="text">The window.</param>
    /// <param name="length">Its length, 1 or more.</param>
    /// <param name="starts">Where chunks start.</param>
    /// <param name="before">The state before the window.</param>
    /// <param name="states">Receives the states.</param>
    /// <returns>The state at the last byte.</returns>
    private long Walk(byte* text, int length, byte* starts, long before, long* states)
    {
        int lanes = Math.Clamp(length / SmallestLane, 1, MaxLanes);
        byte* links = _model.Links;
        byte* labels = _model.Labels;
        long* current = stackalloc long[MaxLanes];
        int* position = stackalloc int[MaxLanes];
        int* end = stackalloc int[MaxLanes];
        for (int lane = 0; lane < lanes; lane++)
        {
            int start = (int)((long)length * lane / lanes);
            long state = lane == 0 ? before : NGramModelLayout.Root;
            for (int i = Math.Max(0, start - (_order - 1)); i < start; i++)
            {
                state = _model.Step(starts[i] == ChunkStart ? NGramModelLayout.Root : state, text[i]);
            }

            current[lane] = starts[start] == ChunkStart ? NGramModelLayout.Root : state;
            position[lane] = start;
            end[lane] = (int)((long)length * (lane + 1) / lanes);
        }

        while (lanes > 0)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                // One look at one n-gram's links a turn, so that the next of every lane have a turn's time to arrive.
                int i = position[lane];
                bool isFound = NGramModel.TryStep(links, labels, current[lane], text[i], out long state);
                Prefetch(links + (state * NGramModelLayout.LinkBytes));
                states[i] = state;
                if (isFound)
                {
                    i++;
                    if (i == end[lane])
                    {
                        lanes--;
                        current[lane] = current[lanes];
                        position[lane] = position[lanes];
                        end[lane] = end[lanes];
                        lane--;
                        continue;
                    }

                    position[lane] = i;
                    state = starts[i] == ChunkStart ? NGramModelLayout.Root : state;
                }

                current[lane] = state;
            }
        }

        return states[length - 1];
    }

    /// <summary>The path's scores at the first byte of a chunk. A state of one byte knows one score: the others are −∞ already.</summary>
    private void BeginPath(byte value, long state, double* best)
    {
        double* scores = (double*)(_model.Scores + (state * _model.ScoreBytes));
        for (int j = 0; j < _order; j++)
        {
            best[j] = scores[j];
        }

        if (IsInsideCharacter(value))
        {
            best[0] = double.NegativeInfinity;
        }
    }

    /// <summary>The textbook loop for any order and processor.</summary>
    private void FollowPath(byte* text, int start, int end, long* states, byte* routes, double* best)
    {
        byte* allScores = _model.Scores;
        long scoreBytes = _model.ScoreBytes;
        int last = _order - 1;
        for (int i = start; i < end; i++)
        {
            double* scores = (double*)(allScores + (states[i] * scoreBytes));
            double begin = IsInsideCharacter(text[i]) ? double.NegativeInfinity : scores[0];
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

    /// <summary>As <see cref="FollowPath"/>, with everything in two registers and no branch on a score.</summary>
    private void FollowPathOfOrder6(byte* text, int start, int end, int length, long* states, byte* routes, double* best)
    {
        const int ScoreBytes = 48;
        byte* allScores = _model.Scores;
        double impossible = double.NegativeInfinity;

        // States 0 to 3 and 4, 5.
        Vector256<double> low = Vector256.Load(best);
        Vector128<double> high = Vector128.Load(best + 4);
        for (int i = start; i < end; i++)
        {
            // Scores may lie across two lines.
            byte* ahead = allScores + (states[Math.Min(i + PrefetchDistance, length - 1)] * ScoreBytes);
            Prefetch(ahead);
            Prefetch(ahead + ScoreBytes - 1);
            double* scores = (double*)(allScores + (states[i] * ScoreBytes));
            Vector256<double> lowScores = Vector256.Load(scores);
            Vector128<double> highScores = Vector128.Load(scores + 4);

            // State 0, from whichever sum is largest; of equal sums from the lowest.
            double* begin = IsInsideCharacter(text[i]) ? &impossible : scores;
            Vector256<double> node = Vector256.Create(*begin);
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
    }

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsInsideCharacter(byte value) => _ensureUnicode && (value & 0xC0) == 0x80;
}

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Bytemill.Training;

/// <summary>Cuts chunks into pieces by the best path through the n-gram model. For one thread; keeps its buffers.</summary>
/// <remarks>
/// First the automaton's state at every byte, walked from several places of the chunk at once, since a state depends on no more than
/// <c>Order</c> bytes and the time goes into waiting for memory. Then the best path over the scores that each state holds.
/// </remarks>
public sealed unsafe class NGramSegmenter
{
    private const int Lanes = 8;

    // A lane has to read order − 1 bytes more than it needs.
    private const int SmallestLane = 24;
    private const int PrefetchDistance = 12;

    // A route packs where state 0 came from (low bits) and whether the last state came from itself.
    private const int Route0Mask = 15;
    private const int RouteLastFlag = 16;

    private readonly NGramModel _model;
    private readonly bool _ensureUnicode;
    private readonly int _order;
    private long[] _states = new long[1024];
    private byte[] _routes = new byte[1024];

    /// <param name="model">Must outlive this.</param>
    /// <param name="ensureUnicode">Whether pieces may not begin at bytes 0x80 to 0xBF.</param>
    public NGramSegmenter(NGramModel model, bool ensureUnicode)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _ensureUnicode = ensureUnicode;
        _order = model.Order;
    }

    /// <summary>Writes the best split of <paramref name="chunk"/> as piece end offsets.</summary>
    /// <param name="chunk">Any bytes, length L.</param>
    /// <param name="ends">Room for L offsets. Filled with byte offsets, ascending; the last is L.</param>
    /// <returns>Number of pieces, 0 when L is 0.</returns>
    /// <exception cref="ArgumentException"><paramref name="ends"/> holds fewer than L offsets.</exception>
    /// <remarks>
    /// Time O(L), memory 9 bytes per byte of the longest chunk. Ties, also where no split is possible at all, go as in bytepiece 0.6.3
    /// (<c>Trainer._tokenize</c>): the lowest state wins, among sums that are compared after rounding.
    /// </remarks>
    public int Segment(ReadOnlySpan<byte> chunk, Span<int> ends)
    {
        if (ends.Length < chunk.Length)
        {
            throw new ArgumentException($"Needs room for {chunk.Length} offsets; found {ends.Length}.", nameof(ends));
        }

        if (chunk.Length == 0)
        {
            return 0;
        }

        if (_states.Length < chunk.Length)
        {
            int length = (int)Math.Min(Array.MaxLength, Math.Max(2L * _states.Length, chunk.Length));
            _states = new long[length];
            _routes = new byte[length];
        }

        fixed (byte* text = chunk)
        fixed (long* states = _states)
        fixed (byte* routes = _routes)
        {
            Walk(text, chunk.Length, states);
            int state = _order == 6
                ? FindPathOfOrder6(text, chunk.Length, states, routes)
                : FindPath(text, chunk.Length, states, routes);
            int pieces = Trace(state, chunk.Length, routes, ends);
            GC.KeepAlive(_model);
            return pieces;
        }
    }

    private void Walk(byte* text, int length, long* states)
    {
        int lanes = Math.Min(Lanes, length / SmallestLane);
        if (lanes <= 1)
        {
            long state = NGramModelLayout.Root;
            for (int i = 0; i < length; i++)
            {
                state = _model.Step(state, text[i]);
                states[i] = state;
            }

            return;
        }

        byte* records = _model.Records;
        long recordBytes = _model.RecordBytes;
        long* current = stackalloc long[Lanes];
        int* position = stackalloc int[Lanes];
        int part = length / lanes;
        for (int lane = 0; lane < lanes; lane++)
        {
            int start = lane * part;
            long state = NGramModelLayout.Root;
            for (int i = Math.Max(0, start - (_order - 1)); i < start; i++)
            {
                state = _model.Step(state, text[i]);
            }

            current[lane] = state;
            position[lane] = start;
        }

        for (int step = 0; step < part; step++)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                int i = position[lane]++;
                long state = _model.Step(current[lane], text[i]);
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0(records + (state * recordBytes));
                }

                current[lane] = state;
                states[i] = state;
            }
        }

        for (int i = lanes * part; i < length; i++)
        {
            current[lanes - 1] = _model.Step(current[lanes - 1], text[i]);
            states[i] = current[lanes - 1];
        }
    }

    /// <summary>The textbook loop for any order.</summary>
    /// <returns>The best state at the last byte.</returns>
    private int FindPath(byte* text, int length, long* states, byte* routes)
    {
        byte* records = _model.Records;
        long recordBytes = _model.RecordBytes;
        int last = _order - 1;
        double* best = stackalloc double[PackedNGram.MaxLength];
        double* scores = (double*)(records + (states[0] * recordBytes));
        for (int j = 0; j <= last; j++)
        {
            best[j] = scores[j];
        }

        if (IsInsideCharacter(text[0]))
        {
            best[0] = double.NegativeInfinity;
        }

        for (int i = 1; i < length; i++)
        {
            scores = (double*)(records + (states[i] * recordBytes));
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

        return IndexOfBest(best, _order);
    }

    /// <summary>As <see cref="FindPath"/>, with everything in registers.</summary>
    private int FindPathOfOrder6(byte* text, int length, long* states, byte* routes)
    {
        byte* records = _model.Records;
        long recordBytes = _model.RecordBytes;
        Debug.Assert(recordBytes == 64);
        double* scores = (double*)(records + (states[0] * 64));
        double b0 = IsInsideCharacter(text[0]) ? double.NegativeInfinity : scores[0];
        double b1 = scores[1], b2 = scores[2], b3 = scores[3], b4 = scores[4], b5 = scores[5];
        for (int i = 1; i < length; i++)
        {
            if (Sse.IsSupported)
            {
                // Behind the end are states of an earlier chunk or zeros; to prefetch those does no harm.
                Sse.Prefetch0(records + (states[Math.Min(i + PrefetchDistance, length - 1)] * 64));
            }

            scores = (double*)(records + (states[i] * 64));
            double fromBefore = b4 + scores[5];
            double fromItself = b5 + scores[5];
            int route = 0;
            double next0 = double.NegativeInfinity;
            if (!IsInsideCharacter(text[i]))
            {
                double begin = scores[0];
                // A tree of maxima; the lower index wins a tie at every node, and so overall.
                double s0 = b0 + begin, s1 = b1 + begin, s2 = b2 + begin, s3 = b3 + begin, s4 = b4 + begin, s5 = b5 + begin;
                int r01 = s1 > s0 ? 1 : 0;
                double m01 = s1 > s0 ? s1 : s0;
                int r23 = s3 > s2 ? 3 : 2;
                double m23 = s3 > s2 ? s3 : s2;
                int r45 = s5 > s4 ? 5 : 4;
                double m45 = s5 > s4 ? s5 : s4;
                int r = m23 > m01 ? r23 : r01;
                double m = m23 > m01 ? m23 : m01;
                route = m45 > m ? r45 : r;
                next0 = m45 > m ? m45 : m;
            }

            bool isItself = fromItself > fromBefore;
            route |= isItself ? RouteLastFlag : 0;
            b5 = isItself ? fromItself : fromBefore;
            b4 = b3 + scores[4];
            b3 = b2 + scores[3];
            b2 = b1 + scores[2];
            b1 = b0 + scores[1];
            b0 = next0;
            routes[i] = (byte)route;
        }

        double* best = stackalloc double[6] { b0, b1, b2, b3, b4, b5 };
        return IndexOfBest(best, 6);
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
    private int Trace(int state, int length, byte* routes, Span<int> ends)
    {
        int last = _order - 1;
        int free = ends.Length;
        ends[--free] = length;
        for (int i = length - 1; i > 0; i--)
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
    private bool IsInsideCharacter(byte value) => _ensureUnicode && (value & 0xC0) == 0x80;
}

using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bytemill.Tokenization;

/// <summary>
/// Splits chunks into the pieces of their best-scoring path. Reusable, with buffers of its own: one per thread.
/// </summary>
/// <remarks>
/// <para>
/// The best path maximises the sum of piece scores, added from left to right in double. At each byte the pieces
/// that end there are met longest first, and a later one replaces only with a strictly greater sum, as in bytepiece
/// 0.6.3 (<c>faster.pyx</c>, <c>_tokenize</c>). Time is linear in the chunk for a given vocabulary.
/// </para>
/// <para>
/// Memory does not grow with the chunk: positions live in a window, and the path is written as far as all paths that
/// may still win agree. Where they never agree, the window's edge is kept as a checkpoint, and the routes are computed
/// a second time once the end is known. The window then grows with its checkpoints, so that both together take memory in
/// proportion to the square root of the chunk's length: 2 MB for 64 MB and the usual longest piece of 36 bytes.
/// </para>
/// </remarks>
public sealed unsafe class UnigramSegmenter
{
    private const int SmallestWindow = 8192;
    private const int LargestWindow = 1 << 24;
    private const int BlocksUntilFirstTest = 8;

    // With that much unsettled, looking for a settled part waits for 1/16 more of it, which keeps the sum of all looks linear.
    private const int PatienceShift = 4;

    // A lane walks as many bytes as the longest piece has ahead of its part, so only long texts are walked in lanes.
    private const int Lanes = 4;
    private const int EdgesPerTextInLanes = 8 * Lanes;

    private readonly PieceAutomaton _automaton;
    private readonly int _smallestWindow;
    private readonly int _edgeLength;
    private int _windowLength;
    private double[] _scores;
    private int[] _routes;
    private byte[] _marks;
    private int[] _trace;

    // Only positions after _base belong to the present window; _base itself and, when blocks are pending, those before it
    // are where paths may enter it.
    private int _base;
    private int _last;
    private int _state;
    private int _baseState;
    private int _lastLook;
    private long _origin;
    private int _idOffset;

    // Text of the window, kept only when the chunk comes in parts: _text[i] is the byte that leads to position i.
    private bool _keepsText;
    private byte[]? _text;

    private readonly List<PendingBlock> _pending = [];
    private double[] _edgeScores = [];
    private int[] _edgeOrigins = [];
    private int _testAt = BlocksUntilFirstTest;
    private double[]? _replayScores;
    private int[]? _replayRoutes;

    /// <summary>A segmenter over <paramref name="automaton"/>; allocates its window, about 200 kB.</summary>
    public UnigramSegmenter(PieceAutomaton automaton)
        : this(automaton, SmallestWindow)
    {
    }

    internal UnigramSegmenter(PieceAutomaton automaton, int smallestWindow)
    {
        ArgumentNullException.ThrowIfNull(automaton);
        _automaton = automaton;
        _edgeLength = automaton.LongestPiece;
        _smallestWindow = Math.Max(smallestWindow, 4 * (_edgeLength + 1));
        _windowLength = _smallestWindow;
        _scores = new double[_windowLength];
        _routes = new int[_windowLength];
        _marks = new byte[_windowLength];
        _trace = new int[_windowLength];
        Reset();
    }

    /// <summary>Writes the pieces of <paramref name="chunk"/>'s best path, in order, as indexes of the automaton's pieces.</summary>
    /// <param name="chunk">Any bytes; none give no pieces.</param>
    /// <param name="pieceIndexes">Receives at most one index a byte.</param>
    public void Segment(ReadOnlySpan<byte> chunk, IBufferWriter<int> pieceIndexes) => Segment(chunk, pieceIndexes, 0);

    /// <summary>As the public overload; <paramref name="idOffset"/> is added to each index.</summary>
    internal void Segment(ReadOnlySpan<byte> chunk, IBufferWriter<int> pieceIndexes, int idOffset)
    {
        if (chunk.IsEmpty)
        {
            return;
        }

        Reset();
        _idOffset = idOffset;
        _keepsText = false;
        Append(chunk, chunk, pieceIndexes);
        Finish(chunk, pieceIndexes);
        // The automaton's memory goes with it.
        GC.KeepAlive(_automaton);
    }

    /// <summary>Most bytes that <see cref="SegmentChunks"/> takes at once.</summary>
    internal int MaxChunksLength => _smallestWindow - 1;

    /// <summary>Writes the pieces of several chunks, as one call of <see cref="Segment(ReadOnlySpan{byte}, IBufferWriter{int})"/> for each would.</summary>
    /// <param name="text">The chunks one after the other, at most <see cref="MaxChunksLength"/> bytes.</param>
    /// <param name="lengths">Length of each chunk, in bytes; together those of <paramref name="text"/>.</param>
    /// <param name="pieceIndexes">Receives at most one index a byte.</param>
    /// <param name="idOffset">Added to each index.</param>
    /// <remarks>
    /// Faster for short chunks, which are too short for lanes of their own. Exact only where no piece lies across the end
    /// of a chunk: the automaton then stands, after the end, at a state that has forgotten what came before.
    /// </remarks>
    internal void SegmentChunks(ReadOnlySpan<byte> text, ReadOnlySpan<int> lengths, IBufferWriter<int> pieceIndexes, int idOffset)
    {
        Reset();
        _idOffset = idOffset;
        if (text.Length >= _edgeLength * EdgesPerTextInLanes)
        {
            WalkInLanes(text, PieceAutomaton.Root, _routes.AsSpan(1, text.Length));
        }
        else
        {
            Walk(text, PieceAutomaton.Root, _routes.AsSpan(1, text.Length));
        }

        int start = 0;
        foreach (int length in lengths)
        {
            // Sums begin anew with each chunk: their rounding depends on how large they are.
            _scores[start] = 0;
            AddUp(start, length, _scores, _routes);
            Write(TraceBack(start + length, start, _routes, out _), pieceIndexes);
            start += length;
        }

        GC.KeepAlive(_automaton);
    }

    /// <summary>Begins a chunk that comes in parts.</summary>
    internal void Begin(int idOffset)
    {
        Reset();
        _idOffset = idOffset;
        _keepsText = true;
        _text ??= new byte[_windowLength];
    }

    /// <summary>Whether no byte of the chunk has come since <see cref="Begin"/>.</summary>
    internal bool IsEmpty => _origin + _last == 0;

    /// <summary>Adds the next part of the chunk and writes the pieces that every continuation shares.</summary>
    internal void Append(ReadOnlySpan<byte> part, IBufferWriter<int> pieceIndexes)
    {
        Append(part, [], pieceIndexes);
        if (_last - _lastLook > (_last - _base) >> PatienceShift)
        {
            Settle([], pieceIndexes);
        }

        GC.KeepAlive(_automaton);
    }

    /// <summary>Ends the chunk: writes the pieces that are left, and begins the next.</summary>
    internal void Complete(IBufferWriter<int> pieceIndexes)
    {
        Finish([], pieceIndexes);
        Reset();
        GC.KeepAlive(_automaton);
    }

    private void Reset()
    {
        _base = 0;
        _last = 0;
        _lastLook = 0;
        _origin = 0;
        _state = PieceAutomaton.Root;
        _scores[0] = 0;
        DropBlocks(_pending.Count);
        _testAt = BlocksUntilFirstTest;
        if (_windowLength > _smallestWindow)
        {
            // Rare: one line in which no path settled for long. What it needed is not kept.
            ResizeWindow(_smallestWindow);
            (_edgeScores, _edgeOrigins) = ([], []);
            (_replayScores, _replayRoutes) = (null, null);
        }
    }

    private void ResizeWindow(int length)
    {
        _windowLength = length;
        Array.Resize(ref _scores, length);
        Array.Resize(ref _routes, length);
        Array.Resize(ref _marks, length);
        Array.Resize(ref _trace, length);
        if (_text is not null)
        {
            Array.Resize(ref _text, length);
        }
    }

    private void Append(ReadOnlySpan<byte> part, ReadOnlySpan<byte> chunk, IBufferWriter<int> pieceIndexes)
    {
        while (!part.IsEmpty)
        {
            int room = _windowLength - 1 - _last;
            if (room == 0)
            {
                MakeRoom(chunk, pieceIndexes);
                continue;
            }

            ReadOnlySpan<byte> fit = part[..Math.Min(room, part.Length)];
            if (_keepsText)
            {
                fit.CopyTo(_text.AsSpan(_last + 1));
            }

            _state = Run(fit, _last, _state, _scores, _routes);
            _last += fit.Length;
            part = part[fit.Length..];
        }
    }

    private void Finish(ReadOnlySpan<byte> chunk, IBufferWriter<int> pieceIndexes)
    {
        if (_last > _base)
        {
            Commit(_last, chunk, pieceIndexes);
        }
        else if (_pending.Count > 0)
        {
            Flush(_pending.Count, _last, chunk, pieceIndexes);
        }
    }

    // Fills positions from + 1 to from + text.Length; returns the state reached. Measured by EncodeBenchmarks.
    private int Run(ReadOnlySpan<byte> text, int from, int state, double[] scoreArray, int[] routeArray)
    {
        if (text.Length >= _edgeLength * EdgesPerTextInLanes)
        {
            // The automaton waits for memory at each step. Apart from the sums, several parts of the text can be walked at
            // once: where the lists of matches begin goes to the routes first.
            state = WalkInLanes(text, state, routeArray.AsSpan(from + 1, text.Length));
            AddUp(from, text.Length, scoreArray, routeArray);
            return state;
        }

        // SAFETY: as in Step and AddUp; the callers of Run keep the automaton alive.
        AutomatonUnit* units = _automaton.Units;
        PieceMatch* matches = _automaton.Matches;
        ref double score = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(scoreArray), from);
        ref int route = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(routeArray), from);
        foreach (byte value in text)
        {
            state = Step(units, state, value);
            score = ref Unsafe.Add(ref score, 1);
            route = ref Unsafe.Add(ref route, 1);
            int at = units[state].Matches;
            int bestAt = at;
            PieceMatch* match = matches + at;
            double best = Unsafe.Subtract(ref score, match->Length) + match->Score;
            while (match->Length != 1)
            {
                match++;
                at++;
                double candidate = Unsafe.Subtract(ref score, match->Length) + match->Score;
                if (candidate > best)
                {
                    best = candidate;
                    bestAt = at;
                }
            }

            score = best;
            route = bestAt;
        }

        return state;
    }

    private int Walk(ReadOnlySpan<byte> text, int state, Span<int> lists)
    {
        AutomatonUnit* units = _automaton.Units;
        for (int i = 0; i < text.Length; i++)
        {
            state = Step(units, state, text[i]);
            lists[i] = units[state].Matches;
        }

        return state;
    }

    // A state depends on no more bytes than the longest piece has, so a walk may begin anywhere that many bytes ahead.
    private int WalkInLanes(ReadOnlySpan<byte> text, int state, Span<int> lists)
    {
        AutomatonUnit* units = _automaton.Units;
        int length = text.Length / Lanes;
        int second = WarmUp(text, length);
        int third = WarmUp(text, 2 * length);
        int fourth = WarmUp(text, 3 * length);
        ReadOnlySpan<byte> text0 = text[..length];
        ReadOnlySpan<byte> text1 = text.Slice(length, length);
        ReadOnlySpan<byte> text2 = text.Slice(2 * length, length);
        ReadOnlySpan<byte> text3 = text.Slice(3 * length, length);
        for (int i = 0; i < text0.Length; i++)
        {
            state = Step(units, state, text0[i]);
            second = Step(units, second, text1[i]);
            third = Step(units, third, text2[i]);
            fourth = Step(units, fourth, text3[i]);
            lists[i] = units[state].Matches;
            lists[length + i] = units[second].Matches;
            lists[(2 * length) + i] = units[third].Matches;
            lists[(3 * length) + i] = units[fourth].Matches;
        }

        return Walk(text[(Lanes * length)..], fourth, lists[(Lanes * length)..]);
    }

    private int WarmUp(ReadOnlySpan<byte> text, int position)
    {
        AutomatonUnit* units = _automaton.Units;
        int state = PieceAutomaton.Root;
        foreach (byte value in text.Slice(position - _edgeLength, _edgeLength))
        {
            state = Step(units, state, value);
        }

        return state;
    }

    // SAFETY: a child slot is Base ^ byte, and blocks of 256 slots are complete, so every slot read exists (DoubleArraySlots).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Step(AutomatonUnit* units, int state, byte value)
    {
        int next = units[state].Base ^ value;
        while (units[next].Check != state)
        {
            state = units[state].Fail;
            next = units[state].Base ^ value;
        }

        return next;
    }

    // Takes the list of matches at each position from its route, and leaves the best match there.
    private void AddUp(int from, int length, double[] scores, int[] routes)
    {
        // SAFETY: a list of matches ends with a piece of one byte. from + length is inside the window (callers), and a state is
        // never deeper than the number of bytes read since position 0 of the window, or since its edge of LongestPiece
        // positions, so no match reaches before position 0.
        PieceMatch* matches = _automaton.Matches;
        ref double score = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(scores), from);
        foreach (ref int route in routes.AsSpan(from + 1, length))
        {
            score = ref Unsafe.Add(ref score, 1);
            int at = route;
            PieceMatch* match = matches + at;
            double best = Unsafe.Subtract(ref score, match->Length) + match->Score;
            while (match->Length != 1)
            {
                match++;
                at++;
                double candidate = Unsafe.Subtract(ref score, match->Length) + match->Score;
                if (candidate > best)
                {
                    best = candidate;
                    route = at;
                }
            }

            score = best;
        }
    }

    private int Previous(int position, int[] routes) => position - _automaton.Matches[routes[position]].Length;

    // The latest position that every path which may still win passes, or -1 when they meet nowhere after _base.
    private int FindMeeting()
    {
        _lastLook = _last;
        int live = MarkSurvivors();
        for (int position = _last; position > _base; position--)
        {
            if (_marks[position] == 0)
            {
                continue;
            }

            _marks[position] = 0;
            if (live == 1)
            {
                return position;
            }

            int previous = Previous(position, _routes);
            live -= _marks[previous];
            _marks[previous] = 1;
        }

        _marks.AsSpan(0, _base + 1).Clear();
        return -1;
    }

    // A path may still win from the present position, or from where a piece began that the text may go on with.
    private int MarkSurvivors()
    {
        _marks[_last] = 1;
        int live = 1;
        for (int state = _state; state != PieceAutomaton.Root; state = _automaton.Units[state].Fail)
        {
            if (_automaton.Units[state].Base != 0)
            {
                _marks[_last - _automaton.Depths[state]] = 1;
                live++;
            }
        }

        return live;
    }

    private void Settle(ReadOnlySpan<byte> chunk, IBufferWriter<int> pieceIndexes)
    {
        int meeting = FindMeeting();
        if (meeting > _base)
        {
            Commit(meeting, chunk, pieceIndexes);
            _base = meeting;
        }
    }

    // Writes the path up to `position`, which the best path is known to pass.
    private void Commit(int position, ReadOnlySpan<byte> chunk, IBufferWriter<int> pieceIndexes)
    {
        int used = TraceBack(position, _base, _routes, out int entry);
        if (_pending.Count > 0)
        {
            Flush(_pending.Count, entry, chunk, pieceIndexes);
            // The replay traces through the same buffer.
            used = TraceBack(position, _base, _routes, out _);
        }

        Write(used, pieceIndexes);
    }

    // Leaves the pieces of the path to `position` in the last places of _trace; `entry` is where it came into the window.
    private int TraceBack(int position, int windowBase, int[] routes, out int entry)
    {
        int free = _trace.Length;
        while (position > windowBase)
        {
            PieceMatch* match = _automaton.Matches + routes[position];
            _trace[--free] = match->Piece;
            position -= match->Length;
        }

        entry = position;
        return _trace.Length - free;
    }

    private void Write(int used, IBufferWriter<int> pieceIndexes)
    {
        if (used == 0)
        {
            return;
        }

        ReadOnlySpan<int> pieces = _trace.AsSpan(_trace.Length - used);
        Span<int> target = pieceIndexes.GetSpan(used);
        for (int i = 0; i < pieces.Length; i++)
        {
            target[i] = pieces[i] + _idOffset;
        }

        pieceIndexes.Advance(used);
    }

    private void MakeRoom(ReadOnlySpan<byte> chunk, IBufferWriter<int> pieceIndexes)
    {
        Settle(chunk, pieceIndexes);
        if (_pending.Count == 0 && _base >= _windowLength / 2)
        {
            // Every path that may still win begins at _base, so nothing before it is ever read again.
            Slide(_base);
            _base = 0;
            return;
        }

        PushBlock();
        if (_pending.Count >= _testAt)
        {
            FlushAgreed(chunk, pieceIndexes);
            _testAt = Math.Max(BlocksUntilFirstTest, 2 * _pending.Count);
        }

        // A checkpoint takes 12 bytes for each position of its edge and 48 for itself, the window with its replay 29 a position.
        if ((long)_pending.Count * (_edgeLength + 4) > 2L * _windowLength && _windowLength <= LargestWindow / 2)
        {
            ResizeWindow(2 * _windowLength);
        }
    }

    private void Slide(int shift)
    {
        int kept = _last + 1 - shift;
        Array.Copy(_scores, shift, _scores, 0, kept);
        Array.Copy(_routes, shift, _routes, 0, kept);
        if (_keepsText)
        {
            Array.Copy(_text!, shift, _text!, 0, kept);
        }

        _origin += shift;
        _last -= shift;
        _lastLook = Math.Max(0, _lastLook - shift);
    }

    // Puts the window aside as a block: scores at its left edge to compute it again from, and for each position of its
    // right edge the position of the left edge that its best path came through.
    private void PushBlock()
    {
        bool first = _pending.Count == 0;
        int index = _pending.Count;
        int needed = (index + 1) * _edgeLength;
        if (_edgeScores.Length < needed)
        {
            Array.Resize(ref _edgeScores, Math.Max(needed, 2 * _edgeScores.Length));
            Array.Resize(ref _edgeOrigins, _edgeScores.Length);
        }

        int length = _last - _base;
        byte[]? text = null;
        if (_keepsText)
        {
            text = ArrayPool<byte>.Shared.Rent(length);
            _text.AsSpan(_base + 1, length).CopyTo(text);
        }

        // All paths that may still win pass _base of a first block, so it can be computed again from that position alone.
        int edge = first ? 1 : _edgeLength;
        _scores.AsSpan(_base + 1 - edge, edge).CopyTo(_edgeScores.AsSpan(index * _edgeLength));
        _pending.Add(new PendingBlock(_origin + _base, length, edge, first ? PieceAutomaton.Root : _baseState, text));

        // _trace serves as scratch: no path is being traced now.
        int[] origins = _trace;
        for (int position = 0; position <= _last; position++)
        {
            // Positions that no live path passes may point anywhere; zero keeps them harmless.
            origins[position] = position <= _base ? position : origins[Math.Max(0, Previous(position, _routes))];
        }

        origins.AsSpan(_last + 1 - _edgeLength, _edgeLength).CopyTo(_edgeOrigins.AsSpan(index * _edgeLength));
        Slide(_last + 1 - _edgeLength);
        _base = _last;
        _lastLook = _last;
        _baseState = _state;
    }

    // Flushes the blocks before the latest edge that all surviving paths pass at one position.
    private void FlushAgreed(ReadOnlySpan<byte> chunk, IBufferWriter<int> pieceIndexes)
    {
        MarkSurvivors();
        for (int block = _pending.Count - 1; block > 0; block--)
        {
            ReadOnlySpan<int> origins = _edgeOrigins.AsSpan(block * _edgeLength, _edgeLength);
            // Two halves of _marks take turns: the window is at least twice as long as an edge.
            Span<byte> here = _marks.AsSpan(0, _edgeLength);
            Span<byte> before = _marks.AsSpan(_edgeLength, _edgeLength);
            int live = 0;
            int node = 0;
            for (int i = 0; i < here.Length; i++)
            {
                if (here[i] != 0 && before[origins[i]] == 0)
                {
                    before[origins[i]] = 1;
                    live++;
                    node = origins[i];
                }
            }

            before.CopyTo(here);
            before.Clear();
            if (live == 1)
            {
                here.Clear();
                Flush(block, node, chunk, pieceIndexes);
                return;
            }
        }

        _marks.AsSpan(0, _edgeLength).Clear();
    }

    // Writes the first `count` blocks, given the position of their last edge that the path passes, and forgets them.
    private void Flush(int count, int node, ReadOnlySpan<byte> chunk, IBufferWriter<int> pieceIndexes)
    {
        Span<PendingBlock> blocks = CollectionsMarshal.AsSpan(_pending);
        for (int i = count - 1; i >= 0; i--)
        {
            blocks[i].ExitNode = node;
            node = _edgeOrigins[(i * _edgeLength) + node];
        }

        if (_replayScores is null || _replayScores.Length < _windowLength)
        {
            _replayScores = new double[_windowLength];
            _replayRoutes = new int[_windowLength];
        }

        for (int i = 0; i < count; i++)
        {
            ref PendingBlock block = ref blocks[i];
            ReadOnlySpan<byte> text = block.Text is null
                ? chunk.Slice((int)block.Start, block.Length)
                : block.Text.AsSpan(0, block.Length);
            _edgeScores.AsSpan(i * _edgeLength, block.EdgeLength).CopyTo(_replayScores);
            int replayBase = block.EdgeLength - 1;
            Run(text, replayBase, block.State, _replayScores, _replayRoutes!);
            int exit = replayBase + block.Length + 1 - _edgeLength + block.ExitNode;
            Write(TraceBack(exit, replayBase, _replayRoutes!, out _), pieceIndexes);
        }

        DropBlocks(count);
    }

    private void DropBlocks(int count)
    {
        if (count == 0)
        {
            return;
        }

        foreach (PendingBlock block in CollectionsMarshal.AsSpan(_pending)[..count])
        {
            if (block.Text is not null)
            {
                ArrayPool<byte>.Shared.Return(block.Text);
            }
        }

        int kept = (_pending.Count - count) * _edgeLength;
        Array.Copy(_edgeScores, count * _edgeLength, _edgeScores, 0, kept);
        Array.Copy(_edgeOrigins, count * _edgeLength, _edgeOrigins, 0, kept);
        _pending.RemoveRange(0, count);
    }
}

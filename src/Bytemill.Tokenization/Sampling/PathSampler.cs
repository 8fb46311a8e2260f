using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bytemill.Tokenization;

/// <summary>
/// Draws one path through each chunk of a document. Holds buffers: one user at a time.
/// </summary>
/// <remarks>
/// <para>
/// At each position a piece that ends there is chosen at random, by the random number that belongs to the position; the path
/// follows these choices back from the chunk's end. How they are chosen is the sampler's: <see cref="ExactPathSampler"/>,
/// <see cref="ViterbiPathSampler"/>. Time is linear in the text for a given vocabulary.
/// </para>
/// <para>
/// Memory does not grow with the chunk, in the way of <see cref="UnigramSegmenter"/>: positions live in a window, and the path is
/// written as far as the paths from all positions that later pieces may begin at have met. Where they never meet, the window's edge
/// is kept, and the stretch is computed a second time, with the same random numbers, once the end is known.
/// </para>
/// </remarks>
internal abstract unsafe class PathSampler
{
    private const int SmallestWindow = 8192;
    private const int StretchesUntilFirstTest = 8;

    // The automaton waits for memory at each step, so several parts of a long text are walked at once. Each begins as many bytes
    // ahead as the longest piece has.
    private const int Lanes = 4;
    private const int EdgesPerTextInLanes = 6 * Lanes;

    private readonly int _edgeLength;
    private readonly int _windowLength;
    private readonly int[] _lists;
    private readonly byte[] _text;
    private readonly byte[] _marks;
    private readonly int[] _trace;
    private readonly List<DeferredStretch> _deferred = [];
    private PathSampler? _replay;

    // Where paths enter the window: the chunk's beginning, or a position that all paths pass, or the right edge of what is deferred.
    private int _base;
    private int _last;
    private int _state;
    private int _previous;
    private int _testAt;

    // Position of the chunk's beginning; negative when the window has moved on from it.
    private int _chunkStart;

    // Offset in the document of position 0.
    private long _origin;

    // The document's text where the caller keeps it, and the offset of its first byte; else null.
    private byte* _kept;
    private long _keptOrigin;

    protected PathSampler(SamplingTable table, int smallestWindow)
    {
        Table = table;
        SmallestWindowLength = smallestWindow;
        _edgeLength = table.Automaton.LongestPiece;
        _windowLength = Math.Max(smallestWindow, 4 * (_edgeLength + 1));
        _lists = GC.AllocateArray<int>(_windowLength, pinned: true);
        Lists = (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_lists));
        _text = new byte[_windowLength];
        _marks = new byte[_windowLength];
        _trace = new int[_windowLength];
    }

    protected SamplingTable Table { get; }

    protected int SmallestWindowLength { get; }

    protected int WindowLength => _windowLength;

    protected int EdgeLength => _edgeLength;

    /// <summary>Seed of the document.</summary>
    protected ulong Seed { get; private set; }

    /// <summary>Where the list of pieces that end at a position begins; after <see cref="Forward"/> the sampler's own.</summary>
    protected int* Lists { get; }

    /// <summary>A sampler of this kind for <paramref name="table"/>.</summary>
    /// <param name="table">What to look up.</param>
    /// <param name="smallestWindow">Positions in the window, or more if the longest piece asks for it.</param>
    public static PathSampler Create(SamplingTable table, int smallestWindow = SmallestWindow) =>
        table.Method == SamplingMethod.Exact ? new ExactPathSampler(table, smallestWindow) : new ViterbiPathSampler(table, smallestWindow);

    /// <summary>Begins a document.</summary>
    public void Begin(ulong seed)
    {
        Seed = seed;
        _origin = 0;
        _base = 0;
        _last = 0;
        _state = PieceAutomaton.Root;
        _previous = 0;
        _kept = null;
        BeginChunkAtLast();
    }

    /// <summary>Until told otherwise, what is appended lies at <paramref name="text"/> and stays there; null when it does not stay.</summary>
    /// <remarks>Only at the beginning of a chunk.</remarks>
    public void SetText(byte* text)
    {
        _kept = text;
        _keptOrigin = _origin + _last;
    }

    /// <summary>Whether the present chunk has begun and ends with a newline so far.</summary>
    public bool EndsWithNewline => _previous == '\n';

    /// <summary>Goes on with the present chunk.</summary>
    public void AppendToChunk(ReadOnlySpan<byte> part, IBufferWriter<int> ids)
    {
        while (!part.IsEmpty)
        {
            ReadOnlySpan<byte> fit = Fit(part, ids);
            if (fit.IsEmpty)
            {
                continue;
            }

            Forward(_last, fit.Length);
            _last += fit.Length;
            part = part[fit.Length..];
        }
    }

    /// <summary>Goes on with lines; each is a chunk with the newlines after it.</summary>
    public void AppendLines(ReadOnlySpan<byte> text, IBufferWriter<int> ids)
    {
        while (!text.IsEmpty)
        {
            int previous = _previous;
            ReadOnlySpan<byte> fit = Fit(text, ids);
            text = text[fit.Length..];
            while (!fit.IsEmpty)
            {
                if (previous == '\n' && fit[0] != '\n')
                {
                    CloseChunk(ids);
                }

                int length = ChunkSplitter.NextEncodingChunk(fit, isolateDigits: false);
                Forward(_last, length);
                _last += length;
                previous = fit[length - 1];
                fit = fit[length..];
            }
        }
    }

    /// <summary>Ends the present chunk, if it has begun, and writes what is left of its path.</summary>
    public void EndChunk(IBufferWriter<int> ids)
    {
        CloseChunk(ids);
        _state = PieceAutomaton.Root;
        _previous = 0;
    }

    /// <summary>Makes a path begin at a position: it has probability 1.</summary>
    protected abstract void SetBeginning(int position);

    /// <summary>Computes positions <paramref name="from"/> + 1 to <paramref name="from"/> + <paramref name="length"/> from those before and their lists.</summary>
    protected abstract void Forward(int from, int length);

    /// <summary>The piece that the path to a position ends with, as an index of the table's pieces; always the same.</summary>
    protected abstract int Choose(int position);

    /// <summary>Moves what is known of the positions from <paramref name="shift"/> on to the front.</summary>
    protected abstract void SlideValues(int shift, int count);

    /// <summary>Copies what is known of positions, to compute those behind them again.</summary>
    protected abstract void SaveEdge(int start, int count, out double[] values, out long[] scales);

    /// <summary>Puts what was saved to the positions from 0 on.</summary>
    protected abstract void LoadEdge(double[] values, long[] scales);

    /// <summary>Random number <paramref name="draw"/> of a position; there are 2²⁴ of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected ulong RandomBits(int position, int draw) => SplitMix64.Output(Seed, (ulong)(_origin + position) + ((ulong)draw << 40));

    // As much of the text as has room, with the lists of its positions found.
    private ReadOnlySpan<byte> Fit(ReadOnlySpan<byte> text, IBufferWriter<int> ids)
    {
        int room = _windowLength - 1 - _last;
        if (room == 0)
        {
            MakeRoom(ids);
            return [];
        }

        ReadOnlySpan<byte> fit = text[..Math.Min(room, text.Length)];
        if (_kept is null)
        {
            fit.CopyTo(_text.AsSpan(_last + 1));
        }

        Walk(fit, _lists.AsSpan(_last + 1, fit.Length));
        return fit;
    }

    private void Walk(ReadOnlySpan<byte> text, Span<int> lists)
    {
        if (text.Length < _edgeLength * EdgesPerTextInLanes)
        {
            WalkPlain(text, lists);
            return;
        }

        int length = text.Length / Lanes;
        WalkInLanes(text[..(Lanes * length)], lists, length);
        WalkPlain(text[(Lanes * length)..], lists[(Lanes * length)..]);
    }

    // Newlines end chunks; those inside a chunk stand at its end only.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Step(PieceAutomaton automaton, int state, int previous, byte value) =>
        automaton.Step(previous == '\n' && value != '\n' ? PieceAutomaton.Root : state, value);

    private void WalkPlain(ReadOnlySpan<byte> text, Span<int> lists)
    {
        PieceAutomaton automaton = Table.Automaton;
        AutomatonUnit* units = automaton.Units;
        int state = _state;
        int previous = _previous;
        for (int i = 0; i < text.Length; i++)
        {
            state = Step(automaton, state, previous, text[i]);
            previous = text[i];
            lists[i] = units[state].Matches;
        }

        _state = state;
        _previous = previous;
    }

    // SAFETY: the text has Lanes * length bytes and the lists are as many or more.
    private void WalkInLanes(ReadOnlySpan<byte> text, Span<int> lists, int length)
    {
        PieceAutomaton automaton = Table.Automaton;
        AutomatonUnit* units = automaton.Units;
        int state0 = _state;
        int state1 = WarmUp(text, length);
        int state2 = WarmUp(text, 2 * length);
        int state3 = WarmUp(text, 3 * length);
        int previous0 = _previous;
        int previous1 = text[length - 1];
        int previous2 = text[(2 * length) - 1];
        int previous3 = text[(3 * length) - 1];
        fixed (byte* start = text)
        fixed (int* list = lists)
        {
            for (int i = 0; i < length; i++)
            {
                byte value0 = start[i];
                byte value1 = start[length + i];
                byte value2 = start[(2 * length) + i];
                byte value3 = start[(3 * length) + i];
                state0 = Step(automaton, state0, previous0, value0);
                state1 = Step(automaton, state1, previous1, value1);
                state2 = Step(automaton, state2, previous2, value2);
                state3 = Step(automaton, state3, previous3, value3);
                list[i] = units[state0].Matches;
                list[length + i] = units[state1].Matches;
                list[(2 * length) + i] = units[state2].Matches;
                list[(3 * length) + i] = units[state3].Matches;
                (previous0, previous1, previous2, previous3) = (value0, value1, value2, value3);
            }
        }

        _state = state3;
        _previous = previous3;
    }

    private int WarmUp(ReadOnlySpan<byte> text, int position)
    {
        int state = PieceAutomaton.Root;
        int previous = 0;
        foreach (byte value in text.Slice(position - _edgeLength, _edgeLength))
        {
            state = Step(Table.Automaton, state, previous, value);
            previous = value;
        }

        return state;
    }

    private void CloseChunk(IBufferWriter<int> ids)
    {
        if (_last > _base)
        {
            Commit(_last, ids);
        }
        else if (_deferred.Count > 0)
        {
            Flush(_deferred.Count, _last, ids);
        }

        BeginChunkAtLast();
    }

    private void BeginChunkAtLast()
    {
        _base = _last;
        _chunkStart = _last;
        DropDeferred(_deferred.Count);
        _testAt = StretchesUntilFirstTest;
        SetBeginning(_last);
    }

    private void MakeRoom(IBufferWriter<int> ids)
    {
        if (_base < _windowLength / 2)
        {
            int meeting = FindMeeting();
            if (meeting > _base)
            {
                Commit(meeting, ids);
                _base = meeting;
            }
        }

        if (_deferred.Count == 0 && _base >= _windowLength / 2)
        {
            Slide(_base - ReadBeforeBase());
            return;
        }

        Defer();
        if (_deferred.Count >= _testAt)
        {
            FlushAgreed(ids);
            _testAt = Math.Max(StretchesUntilFirstTest, 2 * _deferred.Count);
        }
    }

    // Positions before _base that those after it choose from.
    private int ReadBeforeBase() => Math.Min(_base - Math.Max(0, _chunkStart), _edgeLength - 1);

    private int Previous(int position) => Math.Max(0, position - Table.Pieces[Choose(position)].Length);

    // The latest position that the paths from all positions where later pieces may begin pass, or -1 when they meet nowhere after _base.
    private int FindMeeting()
    {
        _marks.AsSpan(_last + 1 - _edgeLength, _edgeLength).Fill(1);
        int live = _edgeLength;
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

            int previous = Previous(position);
            live -= _marks[previous];
            _marks[previous] = 1;
        }

        _marks.AsSpan(0, _base + 1).Clear();
        return -1;
    }

    // Writes the path up to `position`, which the drawn path is known to pass.
    private void Commit(int position, IBufferWriter<int> ids)
    {
        int used = TraceBack(position, _base, out int entry);
        if (_deferred.Count > 0)
        {
            Flush(_deferred.Count, entry, ids);
        }

        Write(used, ids);
    }

    // Leaves the pieces of the path to `position` in the last places of _trace; `entry` is where it came into the window.
    private int TraceBack(int position, int windowBase, out int entry)
    {
        int free = _trace.Length;
        while (position > windowBase)
        {
            WeightedPiece* piece = Table.Pieces + Choose(position);
            _trace[--free] = piece->Piece;
            position -= piece->Length;
        }

        entry = position;
        return _trace.Length - free;
    }

    private void Write(int used, IBufferWriter<int> ids)
    {
        if (used == 0)
        {
            return;
        }

        ReadOnlySpan<int> pieces = _trace.AsSpan(_trace.Length - used);
        Span<int> target = ids.GetSpan(used);
        for (int i = 0; i < pieces.Length; i++)
        {
            target[i] = pieces[i] + Vocabulary.FirstPieceId;
        }

        ids.Advance(used);
    }

    private void Slide(int shift)
    {
        int count = _last + 1 - shift;
        Array.Copy(_lists, shift, _lists, 0, count);
        SlideValues(shift, count);
        if (_kept is null)
        {
            Array.Copy(_text, shift, _text, 0, count);
        }

        _origin += shift;
        _last -= shift;
        _base -= shift;
        _chunkStart = Math.Max(-1, _chunkStart - shift);
    }

    private void Defer()
    {
        int lead = ReadBeforeBase();
        int length = _last - _base;
        SaveEdge(_base - lead, lead + 1, out double[] values, out long[] scales);

        // Positions that no path passes may point anywhere; zero keeps them harmless. _trace serves as scratch: no path is being traced.
        int[] origins = _trace;
        for (int position = 0; position <= _last; position++)
        {
            origins[position] = position <= _base ? position : origins[Previous(position)];
        }

        byte[]? text = null;
        if (_kept is null)
        {
            text = ArrayPool<byte>.Shared.Rent(lead + length);
            _text.AsSpan(_base + 1 - lead, lead + length).CopyTo(text);
        }

        _deferred.Add(new DeferredStretch
        {
            Start = _origin + _base,
            Length = length,
            EdgeValues = values,
            EdgeScales = scales,
            Origins = origins.AsSpan(_last + 1 - _edgeLength, _edgeLength).ToArray(),
            Text = text,
        });
        Slide(_last + 1 - _edgeLength);
        _base = _last;
    }

    // Flushes the stretches before the latest edge that all surviving paths pass at one position.
    private void FlushAgreed(IBufferWriter<int> ids)
    {
        // Two halves of _marks take turns: the window is at least twice as long as an edge.
        Span<byte> here = _marks.AsSpan(0, _edgeLength);
        Span<byte> before = _marks.AsSpan(_edgeLength, _edgeLength);
        here.Fill(1);
        for (int stretch = _deferred.Count - 1; stretch > 0; stretch--)
        {
            int[] origins = _deferred[stretch].Origins;
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
                Flush(stretch, node, ids);
                return;
            }
        }

        here.Clear();
    }

    // Writes the first `count` stretches, given the position of their last edge that the path passes, and forgets them.
    private void Flush(int count, int node, IBufferWriter<int> ids)
    {
        for (int i = count - 1; i >= 0; i--)
        {
            _deferred[i].ExitNode = node;
            node = _deferred[i].Origins[node];
        }

        _replay ??= Create(Table, SmallestWindowLength);
        for (int i = 0; i < count; i++)
        {
            _replay.WriteAgain(_deferred[i], Seed, _kept is null ? null : _kept + (_deferred[i].Start - _keptOrigin), ids);
        }

        DropDeferred(count);
    }

    // `kept` is the first byte of the stretch, where the caller keeps the text.
    private void WriteAgain(DeferredStretch stretch, ulong seed, byte* kept, IBufferWriter<int> ids)
    {
        int edgeBase = stretch.EdgeValues.Length - 1;
        int lead = edgeBase;
        Seed = seed;
        _origin = stretch.Start - edgeBase;
        _state = PieceAutomaton.Root;
        _previous = 0;
        LoadEdge(stretch.EdgeValues, stretch.EdgeScales);
        ReadOnlySpan<byte> text = stretch.Text is null
            ? new ReadOnlySpan<byte>(kept - lead, lead + stretch.Length)
            : stretch.Text.AsSpan(0, lead + stretch.Length);

        // The lists of the lead are of no use, and those of the stretch overwrite them.
        WalkPlain(text[..lead], _lists.AsSpan(edgeBase + 1, lead));
        Walk(text[lead..], _lists.AsSpan(edgeBase + 1, stretch.Length));
        Forward(edgeBase, stretch.Length);
        int exit = edgeBase + stretch.Length + 1 - _edgeLength + stretch.ExitNode;
        Write(TraceBack(exit, edgeBase, out _), ids);
    }

    private void DropDeferred(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (_deferred[i].Text is { } text)
            {
                ArrayPool<byte>.Shared.Return(text);
            }
        }

        _deferred.RemoveRange(0, count);
    }
}

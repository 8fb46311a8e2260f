namespace Bytemill.Tokenization;

/// <summary>
/// Builds a <see cref="PieceAutomaton"/> from two readings of sorted pieces: trie by levels, double array, suffix links. Takes
/// nothing from the garbage collector's heap that grows with the pieces, but a bit for each slot.
/// </summary>
internal sealed unsafe class PieceAutomatonBuilder : IDisposable
{
    private readonly SortedPieces _source;
    private readonly FlatMemoryPool _memory;
    private readonly CancellationToken _ct;
    private readonly List<FlatMemory> _temporary = [];
    private readonly List<FlatMemory> _lasting = [];

    // Nodes of each depth, the root's first; after the first reading where they begin.
    private int[] _levels = new int[64];
    private long _pieces;
    private long _total;
    private int _longest;
    private int _nodes;

    // The trie in breadth-first order: children of a node are neighbours, ascending by label.
    private byte* _labels;
    private int* _firstChild;
    private int* _pieceOf;
    private int* _slots;

    private AutomatonUnit* _units;
    private ushort* _depths;
    private PieceMatch* _matches;
    private double* _scores;

    private PieceAutomatonBuilder(SortedPieces source, FlatMemoryPool memory, CancellationToken ct)
    {
        (_source, _memory, _ct) = (source, memory, ct);
    }

    public static PieceAutomaton Build(SortedPieces source, FlatMemoryPool memory, CancellationToken ct)
    {
        using var builder = new PieceAutomatonBuilder(source, memory, ct);
        builder.Measure();
        builder.BuildTrie();
        return builder.BuildAutomaton();
    }

    public void Dispose()
    {
        // The automaton has taken over what lasts, unless something was thrown.
        foreach (FlatMemory memory in _temporary.Concat(_lasting))
        {
            _memory.Return(memory);
        }
    }

    // The first reading: checks the pieces and counts the nodes of each depth.
    private void Measure()
    {
        Span<bool> seen = stackalloc bool[256];
        seen.Clear();
        byte[] previous = new byte[256];
        int previousLength = 0;
        int previousIndex = -1;
        _levels[0] = 1;
        _source.Restart();
        while (_source.Read())
        {
            ReadOnlySpan<byte> piece = _source.Piece;
            if (piece.IsEmpty)
            {
                Throw.EmptyPiece(_source.Index, "pieces");
            }

            if (piece.Length > PieceAutomaton.MaxPieceLength)
            {
                Throw.PieceTooLong(_source.Index, piece.Length, "pieces");
            }

            if (_source.Count < 1)
            {
                Throw.CountNotPositive(_source.Index, _source.Count, "counts");
            }

            int shared = piece.CommonPrefixLength(previous.AsSpan(0, previousLength));
            if (shared == piece.Length && previousIndex >= 0)
            {
                Throw.RepeatedPiece(previousIndex, _source.Index, piece, "pieces");
            }

            if (shared < previousLength && previous[shared] > piece[shared])
            {
                Throw.PiecesNotAscending(_source.Index, "pieces");
            }

            if (piece.Length == 1)
            {
                seen[piece[0]] = true;
            }

            if (piece.Length >= _levels.Length)
            {
                Array.Resize(ref _levels, Math.Max(piece.Length + 1, 2 * _levels.Length));
            }

            for (int depth = shared + 1; depth <= piece.Length; depth++)
            {
                _levels[depth] = checked(_levels[depth] + 1);
            }

            if (previous.Length < piece.Length)
            {
                Array.Resize(ref previous, 2 * piece.Length);
            }

            piece[shared..].CopyTo(previous.AsSpan(shared));
            previousLength = piece.Length;
            previousIndex = _source.Index;
            _longest = Math.Max(_longest, piece.Length);
            _total = checked(_total + _source.Count);
            if ((_pieces++ & 0xFFFF) == 0)
            {
                _ct.ThrowIfCancellationRequested();
            }
        }

        int missing = seen.IndexOf(false);
        if (missing >= 0)
        {
            Throw.MissingByte(missing, "pieces");
        }
    }

    // The second reading. Within a depth, breadth-first order is the order of the pieces: each depth is filled from left to right.
    private void BuildTrie()
    {
        int[] next = new int[_longest + 2];
        for (int depth = 1; depth < next.Length; depth++)
        {
            next[depth] = checked(next[depth - 1] + _levels[depth - 1]);
        }

        // No node is deeper than the longest piece, so the last level is empty.
        _nodes = next[^1];
        if (_pieces > int.MaxValue)
        {
            Throw.AutomatonTooLarge();
        }

        _scores = (double*)Lasting(_pieces * sizeof(double));
        _labels = Temporary(_nodes);
        _firstChild = (int*)Temporary((_nodes + 1L) * sizeof(int));
        _pieceOf = (int*)Temporary((long)_nodes * sizeof(int));
        _slots = (int*)Temporary((long)_nodes * sizeof(int));
        _firstChild[0] = 1;
        _firstChild[_nodes] = _nodes;
        _pieceOf[0] = -1;
        double lnTotal = ExactLog.Ln(_total);
        byte[] previous = new byte[_longest];
        int previousLength = 0;
        long read = 0;
        _source.Restart();
        while (_source.Read())
        {
            ReadOnlySpan<byte> piece = _source.Piece;
            int index = _source.Index;
            // SAFETY: the first reading counted nodes and pieces; a source that now gives others is stopped before it writes.
            if (read++ == _pieces || (uint)index >= (ulong)_pieces || piece.Length > _longest)
            {
                Throw.SourceChanged();
            }

            int node = 0;
            int shared = piece.CommonPrefixLength(previous.AsSpan(0, previousLength));
            for (int depth = shared + 1; depth <= piece.Length; depth++)
            {
                node = next[depth]++;
                if (node >= _nodes)
                {
                    Throw.SourceChanged();
                }

                _labels[node] = piece[depth - 1];
                _pieceOf[node] = -1;
                _firstChild[node] = next[depth + 1];
            }

            _pieceOf[node] = index;
            _scores[index] = ExactLog.Ln(_source.Count) - lnTotal;
            piece[shared..].CopyTo(previous.AsSpan(shared));
            previousLength = piece.Length;
            if ((read & 0xFFFF) == 0)
            {
                _ct.ThrowIfCancellationRequested();
            }
        }

        for (int depth = 1, begin = 1; depth <= _longest; begin += _levels[depth++])
        {
            if (next[depth] != begin + _levels[depth])
            {
                Throw.SourceChanged();
            }
        }
    }

    private PieceAutomaton BuildAutomaton()
    {
        int blocks = Place();
        _ct.ThrowIfCancellationRequested();
        long slots = blocks * 256L;
        _units = (AutomatonUnit*)Lasting(slots * sizeof(AutomatonUnit));
        _depths = (ushort*)Lasting(slots * sizeof(ushort));
        // No slot is a negative number, so an unused slot is nobody's child.
        for (long slot = 0; slot < slots; slot++)
        {
            _units[slot] = new AutomatonUnit { Check = -1 };
            _depths[slot] = 0;
        }

        long matchCount = Link();
        _ct.ThrowIfCancellationRequested();
        if (matchCount > int.MaxValue)
        {
            Throw.AutomatonTooLarge();
        }

        _matches = (PieceMatch*)Lasting(matchCount * sizeof(PieceMatch));
        ListMatches();
        FlatMemory[] memory = [.. _lasting];
        _lasting.Clear();
        return new PieceAutomaton(
            new AutomatonLayout(_longest, (int)_pieces, slots, matchCount), _units, _depths, _matches, _scores, memory, _memory);
    }

    private int Place()
    {
        var slots = new DoubleArraySlots();
        slots.AddBlock();
        slots.AddBlock();
        _slots[0] = PieceAutomaton.Root;
        slots.Take(PieceAutomaton.Root);
        // The root has a child for every byte: block 0, base 0.
        for (int b = 0; b < 256; b++)
        {
            slots.Take(b);
            _slots[1 + b] = b;
        }

        for (int node = 1; node < _nodes; node++)
        {
            int first = _firstChild[node];
            int count = _firstChild[node + 1] - first;
            if (count > 0)
            {
                var labels = new ReadOnlySpan<byte>(_labels + first, count);
                int found = slots.TakeChildren(labels);
                for (int i = 0; i < count; i++)
                {
                    _slots[first + i] = found ^ labels[i];
                }
            }
        }

        return slots.Blocks;
    }

    // Fills the slots; sets Fail to the longest proper suffix; leaves in Matches how many pieces end at the state; returns the
    // sum of the lists' lengths. A suffix is shallower than its state, so it has been filled before.
    private long Link()
    {
        AutomatonUnit* units = _units;
        long total = 0;
        units[PieceAutomaton.Root].Fail = PieceAutomaton.Root;
        for (int node = 0; node < _nodes; node++)
        {
            int first = _firstChild[node];
            int end = _firstChild[node + 1];
            if (first == end)
            {
                continue;
            }

            int parent = _slots[node];
            units[parent].Base = _slots[first] ^ _labels[first];
            ushort depth = (ushort)(_depths[parent] + 1);
            int suffix = units[parent].Fail;
            for (int child = first; child < end; child++)
            {
                int slot = _slots[child];
                byte label = _labels[child];
                int fail = PieceAutomaton.Root;
                if (node > 0)
                {
                    int from = suffix;
                    while (true)
                    {
                        fail = units[from].Base ^ label;
                        if (units[fail].Check == from)
                        {
                            break;
                        }

                        from = units[from].Fail;
                    }
                }

                int ends = units[fail].Matches;
                if (_pieceOf[child] >= 0)
                {
                    ends++;
                    total += ends;
                }

                _depths[slot] = depth;
                ref AutomatonUnit unit = ref units[slot];
                unit.Check = parent;
                unit.Fail = fail;
                unit.Matches = ends;
            }
        }

        return total;
    }

    // Writes the lists of pieces; a state that is no piece shares the list of its suffix. A suffix without children can never
    // take the next byte, so Fail passes over it.
    private void ListMatches()
    {
        AutomatonUnit* units = _units;
        int next = 0;
        for (int node = 1; node < _nodes; node++)
        {
            ref AutomatonUnit unit = ref units[_slots[node]];
            ref AutomatonUnit suffix = ref units[unit.Fail];
            int piece = _pieceOf[node];
            int shared = suffix.Matches;
            if (unit.Fail != PieceAutomaton.Root && suffix.Base == 0)
            {
                unit.Fail = suffix.Fail;
            }

            if (piece < 0)
            {
                unit.Matches = shared;
                continue;
            }

            int count = unit.Matches;
            unit.Matches = next;
            _matches[next++] = new PieceMatch(_scores[piece], _depths[_slots[node]], piece);
            for (int i = 0; i < count - 1; i++)
            {
                _matches[next++] = _matches[shared + i];
            }
        }
    }

    private byte* Temporary(long bytes)
    {
        FlatMemory memory = _memory.Allocate(bytes);
        _temporary.Add(memory);
        return memory.Start;
    }

    private byte* Lasting(long bytes)
    {
        FlatMemory memory = _memory.Allocate(bytes);
        _lasting.Add(memory);
        return memory.Start;
    }
}

using System.Buffers.Binary;

namespace Bytemill.Tokenization;

/// <summary>Builds a <see cref="PieceAutomaton"/>: sorted pieces, trie by levels, double array, suffix links.</summary>
internal sealed class PieceAutomatonBuilder
{
    // Sorted pieces.
    private readonly byte[] _blob;
    private readonly int[] _starts;
    private readonly int[] _order;
    private readonly double[] _scores;

    // The trie in breadth-first order: children of a node are neighbours, ascending by label.
    private readonly int _nodes;
    private readonly byte[] _labels;
    private readonly int[] _firstChild;
    private readonly int[] _pieces;
    private readonly int[] _slots;
    private int _longest;

    private PieceAutomatonBuilder(byte[] blob, int[] starts, int[] order, double[] scores)
    {
        _blob = blob;
        _starts = starts;
        _order = order;
        _scores = scores;
        _nodes = CountNodes();
        _labels = new byte[_nodes];
        _firstChild = new int[_nodes + 1];
        _pieces = new int[_nodes];
        _slots = new int[_nodes];
    }

    private int Count => _order.Length;

    public static PieceAutomaton Build(ReadOnlySpan<byte> blob, ReadOnlySpan<int> ends, ReadOnlySpan<long> counts)
    {
        if (ends.Length != counts.Length)
        {
            Throw.CountMismatch(ends.Length, counts.Length, nameof(counts));
        }

        CheckShape(blob, ends);
        double[] scores = Scores(counts);
        int[] order = new int[ends.Length];
        int[] starts = new int[ends.Length + 1];
        byte[] sorted = Sort(blob, ends, order, starts);
        CheckBytes(sorted, starts);
        var builder = new PieceAutomatonBuilder(sorted, starts, order, scores);
        builder.BuildTrie();
        return builder.BuildAutomaton();
    }

    private static void CheckShape(ReadOnlySpan<byte> blob, ReadOnlySpan<int> ends)
    {
        int start = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            if (ends[i] < start || ends[i] > blob.Length)
            {
                Throw.EndsNotAscending(i, nameof(ends));
            }

            int length = ends[i] - start;
            if (length == 0)
            {
                Throw.EmptyPiece(i, nameof(ends));
            }

            if (length > PieceAutomaton.MaxPieceLength)
            {
                Throw.PieceTooLong(i, length, nameof(ends));
            }

            start = ends[i];
        }

        if (start != blob.Length)
        {
            Throw.EndsNotAscending(ends.Length - 1, nameof(ends));
        }
    }

    private static double[] Scores(ReadOnlySpan<long> counts)
    {
        long total = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] < 1)
            {
                Throw.CountNotPositive(i, counts[i], nameof(counts));
            }

            total = checked(total + counts[i]);
        }

        double[] scores = new double[counts.Length];
        if (total > 0)
        {
            double lnTotal = ExactLog.Ln(total);
            for (int i = 0; i < counts.Length; i++)
            {
                scores[i] = ExactLog.Ln(counts[i]) - lnTotal;
            }
        }

        return scores;
    }

    // Fills order[k] with the position of the k-th piece in byte order, and starts with where its bytes begin.
    private static byte[] Sort(ReadOnlySpan<byte> blob, ReadOnlySpan<int> ends, int[] order, int[] starts)
    {
        bool sorted = true;
        ReadOnlySpan<byte> previous = [];
        int start = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            ReadOnlySpan<byte> piece = blob[start..ends[i]];
            int comparison = i == 0 ? -1 : previous.SequenceCompareTo(piece);
            if (comparison == 0)
            {
                Throw.RepeatedPiece(i - 1, i, piece, "pieces");
            }

            sorted &= comparison < 0;
            order[i] = i;
            starts[i] = start;
            previous = piece;
            start = ends[i];
        }

        starts[ends.Length] = start;
        byte[] bytes = blob.ToArray();
        return sorted ? bytes : Rearrange(bytes, order, starts);
    }

    private static byte[] Rearrange(byte[] bytes, int[] order, int[] starts)
    {
        ulong[] keys = new ulong[order.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = KeyOf(bytes.AsSpan(starts[i]..starts[i + 1]));
        }

        Array.Sort(keys, order);
        var comparer = Comparer<int>.Create((a, b) =>
            bytes.AsSpan(starts[a]..starts[a + 1]).SequenceCompareTo(bytes.AsSpan(starts[b]..starts[b + 1])));
        for (int first = 0; first < keys.Length;)
        {
            int next = first + 1;
            while (next < keys.Length && keys[next] == keys[first])
            {
                next++;
            }

            if (next - first > 1)
            {
                Array.Sort(order, first, next - first, comparer);
            }

            first = next;
        }

        byte[] sorted = new byte[bytes.Length];
        int[] sortedStarts = new int[starts.Length];
        int end = 0;
        for (int i = 0; i < order.Length; i++)
        {
            ReadOnlySpan<byte> piece = bytes.AsSpan(starts[order[i]]..starts[order[i] + 1]);
            if (i > 0 && piece.SequenceEqual(sorted.AsSpan(sortedStarts[i - 1]..end)))
            {
                Throw.RepeatedPiece(Math.Min(order[i - 1], order[i]), Math.Max(order[i - 1], order[i]), piece, "pieces");
            }

            sortedStarts[i] = end;
            piece.CopyTo(sorted.AsSpan(end));
            end += piece.Length;
        }

        sortedStarts[order.Length] = end;
        sortedStarts.CopyTo(starts, 0);
        return sorted;
    }

    private static ulong KeyOf(ReadOnlySpan<byte> piece)
    {
        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        piece[..Math.Min(piece.Length, sizeof(ulong))].CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    private static void CheckBytes(byte[] blob, int[] starts)
    {
        Span<bool> seen = stackalloc bool[256];
        seen.Clear();
        for (int i = 0; i < starts.Length - 1; i++)
        {
            if (starts[i + 1] - starts[i] == 1)
            {
                seen[blob[starts[i]]] = true;
            }
        }

        int missing = seen.IndexOf(false);
        if (missing >= 0)
        {
            Throw.MissingByte(missing, "pieces");
        }
    }

    private int CountNodes()
    {
        long nodes = 1;
        ReadOnlySpan<byte> previous = [];
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<byte> piece = _blob.AsSpan(_starts[i]..(_starts[i + 1]));
            nodes += piece.Length - previous.CommonPrefixLength(piece);
            _longest = Math.Max(_longest, piece.Length);
            previous = piece;
        }

        return checked((int)nodes);
    }

    // A node of a level is a run of sorted pieces that share their first `depth` bytes.
    private void BuildTrie()
    {
        int[] firsts = new int[Count + 1];
        int[] nextFirsts = new int[Count + 1];
        int[] lasts = new int[Count];
        int[] nextLasts = new int[Count];
        int width = 1;
        lasts[0] = Count;
        int parent = 0;
        int child = 1;
        _pieces[0] = -1;
        for (int depth = 0; width > 0; depth++)
        {
            int nextWidth = 0;
            for (int w = 0; w < width; w++, parent++)
            {
                _firstChild[parent] = child;
                int i = firsts[w];
                int end = lasts[w];
                // Only the first piece of a run can end here.
                if (depth > 0 && LengthOf(i) == depth)
                {
                    i++;
                }

                while (i < end)
                {
                    byte label = _blob[_starts[i] + depth];
                    int last = i + 1;
                    while (last < end && _blob[_starts[last] + depth] == label)
                    {
                        last++;
                    }

                    _labels[child] = label;
                    _pieces[child] = LengthOf(i) == depth + 1 ? i : -1;
                    child++;
                    nextFirsts[nextWidth] = i;
                    nextLasts[nextWidth++] = last;
                    i = last;
                }
            }

            (firsts, nextFirsts) = (nextFirsts, firsts);
            (lasts, nextLasts) = (nextLasts, lasts);
            width = nextWidth;
        }

        _firstChild[_nodes] = child;
    }

    private int LengthOf(int piece) => _starts[piece + 1] - _starts[piece];

    private PieceAutomaton BuildAutomaton()
    {
        int[] bases = new int[_nodes];
        int blocks = Place(bases);
        var units = new AutomatonUnit[blocks * 256];
        // No slot is a negative number, so an unused slot is nobody's child.
        for (int i = 0; i < units.Length; i++)
        {
            units[i].Check = -1;
        }

        ushort[] depths = new ushort[units.Length];
        for (int node = 0; node < _nodes; node++)
        {
            int slot = _slots[node];
            units[slot].Base = bases[node];
            for (int child = _firstChild[node]; child < _firstChild[node + 1]; child++)
            {
                units[_slots[child]].Check = slot;
                depths[_slots[child]] = (ushort)(depths[slot] + 1);
            }
        }

        long matchCount = Link(units);
        PieceMatch[] matches = ListMatches(units, checked((int)matchCount));
        SkipChildless(units);
        return new PieceAutomaton(units, depths, matches, _scores, _longest);
    }

    private int Place(int[] bases)
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
                ReadOnlySpan<byte> labels = _labels.AsSpan(first, count);
                bases[node] = slots.TakeChildren(labels);
                for (int i = 0; i < count; i++)
                {
                    _slots[first + i] = bases[node] ^ labels[i];
                }
            }
        }

        return slots.Blocks;
    }

    // Sets Fail to the longest proper suffix; leaves in Matches how many pieces end at the state; returns the sum of lists.
    private long Link(AutomatonUnit[] units)
    {
        long total = 0;
        units[PieceAutomaton.Root].Fail = PieceAutomaton.Root;
        for (int node = 0; node < _nodes; node++)
        {
            int parent = _slots[node];
            for (int child = _firstChild[node]; child < _firstChild[node + 1]; child++)
            {
                int slot = _slots[child];
                int fail = PieceAutomaton.Root;
                if (node > 0)
                {
                    int from = units[parent].Fail;
                    while (true)
                    {
                        fail = units[from].Base ^ _labels[child];
                        if (units[fail].Check == from)
                        {
                            break;
                        }

                        from = units[from].Fail;
                    }
                }

                units[slot].Fail = fail;
                units[slot].Matches = units[fail].Matches;
                if (_pieces[child] >= 0)
                {
                    units[slot].Matches++;
                    total += units[slot].Matches;
                }
            }
        }

        return total;
    }

    // A state that is no piece shares the list of its suffix.
    private PieceMatch[] ListMatches(AutomatonUnit[] units, int total)
    {
        var matches = new PieceMatch[total];
        int next = 0;
        for (int node = 1; node < _nodes; node++)
        {
            ref AutomatonUnit unit = ref units[_slots[node]];
            int piece = _pieces[node];
            int shared = units[unit.Fail].Matches;
            if (piece < 0)
            {
                unit.Matches = shared;
                continue;
            }

            int count = unit.Matches;
            unit.Matches = next;
            matches[next] = new PieceMatch(_scores[_order[piece]], LengthOf(piece), _order[piece]);
            matches.AsSpan(shared, count - 1).CopyTo(matches.AsSpan(next + 1));
            next += count;
        }

        return matches;
    }

    // A suffix without children can never take the next byte.
    private void SkipChildless(AutomatonUnit[] units)
    {
        for (int node = 1; node < _nodes; node++)
        {
            ref AutomatonUnit unit = ref units[_slots[node]];
            if (unit.Fail != PieceAutomaton.Root && units[unit.Fail].Base == 0)
            {
                unit.Fail = units[unit.Fail].Fail;
            }
        }
    }
}

namespace Bytemill.Tokenization;

/// <summary>Names of special tokens as an Aho-Corasick automaton with sparse edges. Immutable.</summary>
/// <remarks>A state is the longest beginning of a name that the text read so far ends with; state 0 is the empty one.</remarks>
internal sealed class NameTrie
{
    private readonly int[] _lengths;
    private readonly int[] _ids;

    // The edges of state s are those from _firstEdge[s] to _firstEdge[s + 1], ascending by byte.
    private readonly int[] _firstEdge;
    private readonly byte[] _edgeBytes;
    private readonly int[] _edgeTargets;
    private readonly int[] _depths;
    private readonly int[] _fails;
    private readonly int[] _tokens;

    /// <summary>A trie of names, none empty; one that is there twice counts once.</summary>
    public NameTrie(List<(byte[] Name, int Id)> tokens)
    {
        tokens.Sort(static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        _lengths = [.. tokens.Select(t => t.Name.Length)];
        _ids = [.. tokens.Select(t => t.Id)];
        var firstEdge = new List<int>();
        var bytes = new List<byte>();
        var targets = new List<int>();
        var depths = new List<int> { 0 };
        var own = new List<int> { -1 };

        // Breadth first; a state is the range of sorted names that share its bytes, so its edges are found in one pass.
        var ranges = new Queue<(int First, int End)>();
        ranges.Enqueue((0, tokens.Count));
        for (int state = 0; ranges.TryDequeue(out (int First, int End) range); state++)
        {
            firstEdge.Add(bytes.Count);
            int depth = depths[state];
            int at = range.First;
            while (at < range.End && tokens[at].Name.Length == depth)
            {
                own[state] = at++;
            }

            while (at < range.End)
            {
                byte value = tokens[at].Name[depth];
                int first = at;
                while (at < range.End && tokens[at].Name[depth] == value)
                {
                    at++;
                }

                bytes.Add(value);
                targets.Add(depths.Count);
                depths.Add(depth + 1);
                own.Add(-1);
                ranges.Enqueue((first, at));
            }
        }

        firstEdge.Add(bytes.Count);
        _firstEdge = [.. firstEdge];
        _edgeBytes = [.. bytes];
        _edgeTargets = [.. targets];
        _depths = [.. depths];
        _tokens = [.. own];
        _fails = new int[_depths.Length];
        Link();
    }

    /// <summary>The state after one more byte. A text costs two looks a byte on average, at most.</summary>
    public int Step(int state, byte value)
    {
        while (true)
        {
            int next = Child(state, value);
            if (next >= 0)
            {
                return next;
            }

            if (state == 0)
            {
                return 0;
            }

            state = _fails[state];
        }
    }

    /// <summary>The longest name that ends here, or -1.</summary>
    public int TokenAt(int state) => _tokens[state];

    public int StateCount => _depths.Length;

    /// <summary>The state of the longest shorter end of what was read; shallower than <paramref name="state"/>.</summary>
    public int FallBackOf(int state) => _fails[state];

    /// <summary>Bytes of the beginning of a name that the state stands for.</summary>
    public int DepthOf(int state) => _depths[state];

    /// <summary>Whether a name goes on from here.</summary>
    public bool GoesOn(int state) => _firstEdge[state] < _firstEdge[state + 1];

    public int LengthOf(int token) => _lengths[token];

    public int IdOf(int token) => _ids[token];

    // States are numbered breadth first, so what a state falls back to is ready before it.
    private void Link()
    {
        for (int state = 0; state < _depths.Length; state++)
        {
            for (int edge = _firstEdge[state]; edge < _firstEdge[state + 1]; edge++)
            {
                int target = _edgeTargets[edge];
                _fails[target] = state == 0 ? 0 : Step(_fails[state], _edgeBytes[edge]);
                if (_tokens[target] < 0)
                {
                    _tokens[target] = _tokens[_fails[target]];
                }
            }
        }
    }

    private int Child(int state, byte value)
    {
        int first = _firstEdge[state];
        int found = _edgeBytes.AsSpan(first, _firstEdge[state + 1] - first).IndexOf(value);
        return found < 0 ? -1 : _edgeTargets[first + found];
    }
}

using System.Runtime.CompilerServices;

namespace Bytemill.Tokenization;

/// <summary>
/// Splits short texts into the pieces of their best paths, as <see cref="UnigramSegmenter"/> does, where texts come sorted: what a
/// text has in common with the one before it is not walked again. Reusable, with buffers of its own: one per thread.
/// </summary>
public sealed unsafe class PrefixSegmenter
{
    private readonly PieceAutomaton _automaton;

    // Of each position of the present text: best score, where in the matches its last piece is, and the automaton's state.
    private double[] _scores = new double[64];
    private int[] _routes = new int[64];
    private int[] _states = new int[64];
    private int[] _parts = new int[64];
    private int _length;

    /// <summary>A segmenter over <paramref name="automaton"/>.</summary>
    public PrefixSegmenter(PieceAutomaton automaton)
    {
        ArgumentNullException.ThrowIfNull(automaton);
        _automaton = automaton;
        _states[0] = PieceAutomaton.Root;
    }

    /// <summary>The pieces of the text's best path, in order, as indexes of the automaton's pieces; valid until the next call.</summary>
    /// <param name="text">Any bytes. Memory grows with the longest: 20 bytes for each of its bytes.</param>
    /// <param name="shared">Of these, how many at its beginning are the same as in the text before.</param>
    /// <exception cref="ArgumentOutOfRangeException">More bytes are shared than this text or the one before has.</exception>
    public ReadOnlySpan<int> Segment(ReadOnlySpan<byte> text, int shared)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)shared, (uint)Math.Min(text.Length, _length), nameof(shared));
        _length = text.Length;
        if (text.Length >= _scores.Length)
        {
            int size = Math.Max(text.Length + 1, 2 * _scores.Length);
            Array.Resize(ref _scores, size);
            Array.Resize(ref _routes, size);
            Array.Resize(ref _states, size);
            _parts = new int[size];
        }

        // SAFETY: the arrays have more places than the text has bytes. As in UnigramSegmenter, every slot read exists, a list of
        // matches ends with a piece of one byte, and no state is deeper than its position, so no match reaches before position 0.
        fixed (byte* bytes = text)
        fixed (double* scores = _scores)
        fixed (int* routes = _routes, states = _states, parts = _parts)
        {
            Walk(bytes, shared, text.Length, scores, routes, states);
            PieceMatch* matches = _automaton.Matches;
            int free = _parts.Length;
            for (int position = text.Length; position > 0;)
            {
                PieceMatch* match = matches + routes[position];
                parts[--free] = match->Piece;
                position -= match->Length;
            }

            GC.KeepAlive(_automaton);
            return _parts.AsSpan(free);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Walk(byte* text, int from, int length, double* scores, int* routes, int* states)
    {
        AutomatonUnit* units = _automaton.Units;
        PieceMatch* matches = _automaton.Matches;
        int state = states[from];
        for (int i = from; i < length; i++)
        {
            int next = units[state].Base ^ text[i];
            while (units[next].Check != state)
            {
                state = units[state].Fail;
                next = units[state].Base ^ text[i];
            }

            state = next;
            PieceMatch* match = matches + units[state].Matches;
            PieceMatch* bestMatch = match;
            double* end = scores + i + 1;
            double best = end[-match->Length] + match->Score;
            while (match->Length != 1)
            {
                match++;
                double candidate = end[-match->Length] + match->Score;
                if (candidate > best)
                {
                    best = candidate;
                    bestMatch = match;
                }
            }

            *end = best;
            routes[i + 1] = (int)(bestMatch - matches);
            states[i + 1] = state;
        }
    }
}

using System.Runtime.CompilerServices;

namespace Bytemill.Tokenization;

/// <summary>
/// An immutable Aho–Corasick automaton over pieces with their Unigram scores: one step per byte, and at each
/// state the pieces that end there. A piece is named by its position in the list the automaton was built from.
/// </summary>
/// <remarks>
/// States live in a double array (J. Aoe 1989), sixteen bytes each; lists of ends are contiguous, longest piece
/// first. Memory: about 18 bytes for each distinct prefix of a piece and 16 for each suffix of a piece that is a
/// piece. Thread-safe.
/// </remarks>
public sealed class PieceAutomaton
{
    /// <summary>Longest piece supported, in bytes.</summary>
    public const int MaxPieceLength = ushort.MaxValue;

    /// <summary>Slot of the root. Its children are the slots 0 to 255, so byte b alone is state b.</summary>
    internal const int Root = 256;

    private readonly double[] _scores;

    internal PieceAutomaton(AutomatonUnit[] units, ushort[] depths, PieceMatch[] matches, double[] scores, int longestPiece)
    {
        Units = units;
        Depths = depths;
        Matches = matches;
        _scores = scores;
        LongestPiece = longestPiece;
    }

    /// <summary>Number of pieces.</summary>
    public int Count => _scores.Length;

    /// <summary>Length of the longest piece, in bytes.</summary>
    public int LongestPiece { get; }

    internal AutomatonUnit[] Units { get; }

    /// <summary>Length of the prefix that each state stands for, in bytes.</summary>
    internal ushort[] Depths { get; }

    internal PieceMatch[] Matches { get; }

    /// <summary>Builds the automaton of <paramref name="pieces"/>.</summary>
    /// <param name="pieces">Distinct, in any order, none empty; all 256 single bytes among them.</param>
    /// <param name="counts">How often each piece occurs; 1 or more. Scores are ln count − ln Σ counts.</param>
    /// <exception cref="ArgumentException">A piece is empty, repeated or too long, or a single byte is missing.</exception>
    /// <exception cref="OverflowException">The counts add up to more than <see cref="long.MaxValue"/>.</exception>
    public static PieceAutomaton Build(IReadOnlyList<ReadOnlyMemory<byte>> pieces, ReadOnlySpan<long> counts)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        long size = 0;
        for (int i = 0; i < pieces.Count; i++)
        {
            size += pieces[i].Length;
        }

        byte[] blob = new byte[checked((int)size)];
        int[] ends = new int[pieces.Count];
        int end = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            pieces[i].Span.CopyTo(blob.AsSpan(end));
            end += pieces[i].Length;
            ends[i] = end;
        }

        return Build(blob, ends, counts);
    }

    /// <summary>Builds the automaton of pieces that lie one after the other in <paramref name="blob"/>.</summary>
    /// <param name="blob">The bytes of all pieces.</param>
    /// <param name="ends">Exclusive end of each piece in <paramref name="blob"/>, ascending; the last is its length.</param>
    /// <param name="counts">How often each piece occurs; 1 or more. Scores are ln count − ln Σ counts.</param>
    /// <exception cref="ArgumentException">A piece is empty, repeated or too long, or a single byte is missing.</exception>
    /// <exception cref="OverflowException">The counts add up to more than <see cref="long.MaxValue"/>.</exception>
    /// <remarks>Linear in the blob when the pieces come in byte order; otherwise they are sorted first.</remarks>
    public static PieceAutomaton Build(ReadOnlySpan<byte> blob, ReadOnlySpan<int> ends, ReadOnlySpan<long> counts) =>
        PieceAutomatonBuilder.Build(blob, ends, counts);

    /// <summary>Natural-log probability of the piece at <paramref name="index"/>: ln count − ln Σ counts.</summary>
    public double Score(int index) => _scores[index];

    /// <summary>The state after <paramref name="state"/> reads <paramref name="value"/>. Amortised O(1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Step(int state, byte value)
    {
        AutomatonUnit[] units = Units;
        while (true)
        {
            int next = units[state].Base ^ value;
            if (units[next].Check == state)
            {
                return next;
            }

            state = units[state].Fail;
        }
    }

    /// <summary>The pieces that end at <paramref name="state"/>, longest first; empty at the root only.</summary>
    internal ReadOnlySpan<PieceMatch> MatchesAt(int state)
    {
        if (state == Root)
        {
            return [];
        }

        int first = Units[state].Matches;
        int last = first;
        while (Matches[last].Length != 1)
        {
            last++;
        }

        return Matches.AsSpan(first, last - first + 1);
    }
}

using System.Runtime.CompilerServices;

namespace Bytemill.Tokenization;

/// <summary>
/// An immutable Aho–Corasick automaton over pieces with their Unigram scores: one step per byte, and at each
/// state the pieces that end there. A piece is named by its position in the list the automaton was built from.
/// </summary>
/// <remarks>
/// States live in a double array (J. Aoe 1989), sixteen bytes each; lists of ends are contiguous, longest piece
/// first. Memory: about 18 bytes for each distinct prefix of a piece, 16 for each suffix of a piece that is a
/// piece, and 8 for each piece, none of it on the garbage collector's heap; building takes 13 for each distinct prefix
/// besides. Thread-safe.
/// </remarks>
public sealed unsafe class PieceAutomaton : IDisposable
{
    /// <summary>Longest piece supported, in bytes.</summary>
    public const int MaxPieceLength = ushort.MaxValue;

    /// <summary>Slot of the root. Its children are the slots 0 to 255, so byte b alone is state b.</summary>
    internal const int Root = 256;

    private readonly AutomatonLayout _layout;
    private readonly double* _scores;
    private readonly FlatMemory[] _memory;
    private readonly FlatMemoryPool? _pool;

    /// <summary>Takes over <paramref name="memory"/>, which the pointers lead into.</summary>
    internal PieceAutomaton(
        AutomatonLayout layout,
        AutomatonUnit* units,
        ushort* depths,
        PieceMatch* matches,
        double* scores,
        FlatMemory[] memory,
        FlatMemoryPool? pool)
    {
        _layout = layout;
        Units = units;
        Depths = depths;
        Matches = matches;
        _scores = scores;
        (_memory, _pool) = (memory, pool);
    }

    /// <summary>Number of pieces.</summary>
    public int Count => _layout.Pieces;

    /// <summary>Length of the longest piece, in bytes.</summary>
    public int LongestPiece => _layout.LongestPiece;

    /// <summary>Memory that the automaton takes, mapped files included.</summary>
    public long MemoryBytes => _memory.Sum(memory => memory.Length);

    // Whoever reads through these keeps the automaton alive meanwhile: its memory goes with it.
    internal AutomatonUnit* Units { get; }

    /// <summary>Length of the prefix that each state stands for, in bytes.</summary>
    internal ushort* Depths { get; }

    internal PieceMatch* Matches { get; }

    /// <summary>Length of what <see cref="WriteTo"/> writes.</summary>
    internal long ImageBytes => _layout.LengthBytes;

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
    public static PieceAutomaton Build(ReadOnlySpan<byte> blob, ReadOnlySpan<int> ends, ReadOnlySpan<long> counts)
    {
        if (ends.Length != counts.Length)
        {
            Throw.CountMismatch(ends.Length, counts.Length, nameof(counts));
        }

        CheckShape(blob, ends);
        fixed (byte* blobStart = blob)
        fixed (int* endsStart = ends)
        fixed (long* countsStart = counts)
        {
            return Build(new SortedBlob(blobStart, endsStart, countsStart, ends.Length), FlatMemoryPool.Unlimited, CancellationToken.None);
        }
    }

    /// <summary>Builds the automaton of sorted pieces, which are read twice, in bounded memory.</summary>
    /// <param name="pieces">Distinct and ascending, none empty; all 256 single bytes among them.</param>
    /// <param name="memory">Where the automaton, and what building takes besides, come from.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">A piece is empty, out of order or too long, or a single byte is missing.</exception>
    /// <exception cref="OverflowException">The counts add up to more than <see cref="long.MaxValue"/>.</exception>
    public static PieceAutomaton Build(SortedPieces pieces, FlatMemoryPool memory, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        ArgumentNullException.ThrowIfNull(memory);
        return PieceAutomatonBuilder.Build(pieces, memory, ct);
    }

    /// <summary>Uses an automaton that <see cref="WriteTo"/> wrote, where it lies.</summary>
    /// <param name="memory">Holds the automaton; owned from now on, unless this throws.</param>
    /// <param name="at">Where the automaton begins, a multiple of 64.</param>
    /// <exception cref="ArgumentException">It is not an automaton of this version and length, or one that would read beyond its memory.</exception>
    internal static PieceAutomaton Open(FlatMemory memory, long at = 0)
    {
        byte* start = memory.Start + at;
        long available = memory.Length - at;
        AutomatonLayout layout = AutomatonLayout.ReadHeader(
            new ReadOnlySpan<byte>(start, (int)Math.Min(available, AutomatonLayout.HeaderBytes)), available);
        var units = (AutomatonUnit*)(start + AutomatonLayout.UnitsAt);
        var depths = (ushort*)(start + layout.DepthsAt);
        var matches = (PieceMatch*)(start + layout.MatchesAt);
        var scores = (double*)(start + layout.ScoresAt);
        AutomatonCheck.Run(layout, units, depths, matches, scores);
        return new PieceAutomaton(layout, units, depths, matches, scores, [memory], null);
    }

    /// <summary>Natural-log probability of the piece at <paramref name="index"/>: ln count − ln Σ counts.</summary>
    public double Score(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        double score = _scores[index];
        GC.KeepAlive(this);
        return score;
    }

    /// <summary>Gives the memory back at once, not when the automaton is collected; nobody may use it any more.</summary>
    public void Dispose()
    {
        foreach (FlatMemory memory in _memory)
        {
            if (_pool is null)
            {
                memory.Dispose();
            }
            else
            {
                _pool.Return(memory);
            }
        }
    }

    /// <summary>Writes the automaton as it can be mapped; see <see cref="AutomatonLayout"/>.</summary>
    internal void WriteTo(Stream output)
    {
        Span<byte> header = stackalloc byte[AutomatonLayout.HeaderBytes];
        _layout.WriteHeader(header);
        output.Write(header);
        WriteSection(output, (byte*)Units, _layout.UnitBytes);
        WriteSection(output, (byte*)Matches, _layout.MatchBytes);
        WriteSection(output, (byte*)_scores, _layout.ScoreBytes);
        WriteSection(output, (byte*)Depths, _layout.DepthBytes);
        GC.KeepAlive(this);
    }

    /// <summary>Whether the pieces are as many as those of <paramref name="vocabulary"/>, each as long as its namesake.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal bool HasLengthsOf(Vocabulary vocabulary)
    {
        ReadOnlySpan<int> ends = vocabulary.Ends;
        if (Count != ends.Length || LongestPiece != vocabulary.LongestPiece)
        {
            return false;
        }

        for (long i = 0; i < _layout.Matches; i++)
        {
            int piece = Matches[i].Piece;
            if (Matches[i].Length != ends[piece] - (piece == 0 ? 0 : ends[piece - 1]))
            {
                return false;
            }
        }

        GC.KeepAlive(this);
        return true;
    }

    /// <summary>The state after <paramref name="state"/> reads <paramref name="value"/>. Amortised O(1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Step(int state, byte value)
    {
        // SAFETY: a child slot is Base ^ byte, and blocks of 256 slots are complete, so every slot read exists (DoubleArraySlots).
        AutomatonUnit* units = Units;
        while (true)
        {
            int next = units[state].Base ^ value;
            if (units[next].Check == state)
            {
                GC.KeepAlive(this);
                return next;
            }

            state = units[state].Fail;
        }
    }

    /// <summary>The pieces that end at <paramref name="state"/>, longest first; empty at the root only.</summary>
    /// <remarks>Lies in the automaton's memory: keep the automaton alive as long as the span is read.</remarks>
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

        return new ReadOnlySpan<PieceMatch>(Matches + first, last - first + 1);
    }

    private static void WriteSection(Stream output, byte* start, long bytes)
    {
        const int Part = 1 << 20;
        for (long at = 0; at < bytes; at += Part)
        {
            output.Write(new ReadOnlySpan<byte>(start + at, (int)Math.Min(Part, bytes - at)));
        }

        Span<byte> padding = stackalloc byte[64];
        padding.Clear();
        output.Write(padding[..(int)(AutomatonLayout.Aligned(bytes) - bytes)]);
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

            if (length > MaxPieceLength)
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
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Bytemill.Tokenization;

/// <summary>
/// The pieces of a model by id: 0 <c>&lt;pad&gt;</c>, 1 <c>&lt;bos&gt;</c>, 2 <c>&lt;eos&gt;</c>, then the pieces by
/// (length, bytes) from 3. Immutable and thread-safe.
/// </summary>
public sealed class Vocabulary
{
    /// <summary>Id of <c>&lt;pad&gt;</c>.</summary>
    public const int PadId = 0;

    /// <summary>Id of <c>&lt;bos&gt;</c>, the beginning of a text.</summary>
    public const int BosId = 1;

    /// <summary>Id of <c>&lt;eos&gt;</c>, the end of a text.</summary>
    public const int EosId = 2;

    /// <summary>Id of the first piece.</summary>
    public const int FirstPieceId = 3;

    private readonly byte[] _blob;
    private readonly int[] _ends;
    private readonly long[] _counts;
    private readonly int[] _firstOfLength;
    private readonly double _lnTotal;
    private readonly Lazy<bool> _piecesStayInLines;

    // The caller checked what Create checks: sorted by (length, bytes), distinct, counts positive, all bytes present.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal Vocabulary(byte[] blob, int[] ends, long[] counts)
    {
        _blob = blob;
        _ends = ends;
        _counts = counts;
        long total = 0;
        foreach (long count in counts)
        {
            total = checked(total + count);
        }

        TotalCount = total;
        _piecesStayInLines = new Lazy<bool>(DoPiecesStayInLines);
        _lnTotal = ExactLog.Ln(total);
        LongestPiece = LengthOf(ends.Length - 1);
        _firstOfLength = new int[LongestPiece + 2];
        int index = 0;
        for (int length = 1; length < _firstOfLength.Length; length++)
        {
            while (index < ends.Length && LengthOf(index) < length)
            {
                index++;
            }

            _firstOfLength[length] = index;
        }
    }

    /// <summary>
    /// Whether no piece goes on after a newline with anything but newlines, so that none lies across the end of a line. A
    /// vocabulary trained here is always like that.
    /// </summary>
    internal bool PiecesStayInLines => _piecesStayInLines.Value;

    /// <summary>Number of ids, the three built-in special tokens included.</summary>
    public int Count => FirstPieceId + _ends.Length;

    /// <summary>Length of the longest piece, in bytes.</summary>
    public int LongestPiece { get; }

    /// <summary>Sum of the counts of all pieces.</summary>
    public long TotalCount { get; }

    internal long MemoryBytes => _blob.Length + ((long)sizeof(int) * _ends.Length) + ((long)sizeof(long) * _counts.Length);

    internal ReadOnlySpan<byte> Blob => _blob;

    internal ReadOnlySpan<int> Ends => _ends;

    internal ReadOnlySpan<long> Counts => _counts;

    /// <summary>A vocabulary of pieces with their counts, in any order.</summary>
    /// <param name="pieces">Distinct, none empty, all 256 single bytes among them; counts are 1 or more.</param>
    /// <exception cref="ArgumentException">A piece is empty, repeated or too long, a count is below 1, or a single byte is missing.</exception>
    /// <exception cref="OverflowException">The counts add up to more than <see cref="long.MaxValue"/>.</exception>
    public static Vocabulary Create(IEnumerable<KeyValuePair<byte[], long>> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        KeyValuePair<byte[], long>[] sorted = [.. pieces];
        Array.Sort(sorted, static (a, b) => Compare(a.Key, b.Key));
        int[] ends = new int[sorted.Length];
        long[] counts = new long[sorted.Length];
        int end = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            byte[] piece = sorted[i].Key;
            if (piece.Length == 0)
            {
                Throw.EmptyPiece(i, nameof(pieces));
            }

            if (piece.Length > PieceAutomaton.MaxPieceLength)
            {
                Throw.PieceTooLong(i, piece.Length, nameof(pieces));
            }

            if (i > 0 && Compare(sorted[i - 1].Key, piece) == 0)
            {
                Throw.RepeatedPiece(i - 1, i, piece, nameof(pieces));
            }

            if (sorted[i].Value < 1)
            {
                Throw.CountNotPositive(i, sorted[i].Value, nameof(pieces));
            }

            end = checked(end + piece.Length);
            ends[i] = end;
            counts[i] = sorted[i].Value;
        }

        byte[] blob = new byte[end];
        end = 0;
        foreach ((byte[] piece, _) in sorted)
        {
            piece.CopyTo(blob, end);
            end += piece.Length;
        }

        int missing = FirstMissingByte(blob, ends);
        if (missing >= 0)
        {
            Throw.MissingByte(missing, nameof(pieces));
        }

        return new Vocabulary(blob, ends, counts);
    }

    /// <summary>Bytes of the piece with <paramref name="id"/>; none for the three built-in special tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public ReadOnlySpan<byte> GetPiece(int id)
    {
        int index = IndexOf(id);
        return index < 0 ? [] : _blob.AsSpan(StartOf(index).._ends[index]);
    }

    /// <summary>Occurrences of the piece in training; 0 for the three built-in special tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public long GetCount(int id)
    {
        int index = IndexOf(id);
        return index < 0 ? 0 : _counts[index];
    }

    /// <summary>Natural-log probability of the piece, ln count − ln Σ counts; −∞ for the three built-in special tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public double GetScore(int id)
    {
        int index = IndexOf(id);
        return index < 0 ? double.NegativeInfinity : ExactLog.Ln(_counts[index]) - _lnTotal;
    }

    /// <summary>Finds the id of a piece; O(log n).</summary>
    public bool TryGetId(ReadOnlySpan<byte> piece, out int id)
    {
        if (!piece.IsEmpty && piece.Length <= LongestPiece)
        {
            int low = _firstOfLength[piece.Length];
            int high = piece.Length == LongestPiece ? _ends.Length : _firstOfLength[piece.Length + 1];
            while (low < high)
            {
                int middle = low + ((high - low) / 2);
                int comparison = _blob.AsSpan(StartOf(middle), piece.Length).SequenceCompareTo(piece);
                if (comparison == 0)
                {
                    id = FirstPieceId + middle;
                    return true;
                }

                if (comparison < 0)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }
        }

        id = -1;
        return false;
    }

    /// <summary>Builds the automaton of the pieces; its index is the id less <see cref="FirstPieceId"/>.</summary>
    public PieceAutomaton BuildAutomaton() => PieceAutomaton.Build(_blob, _ends, _counts);

    /// <summary>Order of ids: shorter first, then by bytes.</summary>
    internal static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) =>
        a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);

    /// <summary>The lowest byte that is no piece, or -1; pieces are sorted by (length, bytes) and distinct.</summary>
    internal static int FirstMissingByte(ReadOnlySpan<byte> blob, ReadOnlySpan<int> ends)
    {
        for (int value = 0; value < 256; value++)
        {
            if (value >= ends.Length || ends[value] != value + 1 || blob[value] != value)
            {
                return value;
            }
        }

        return -1;
    }

    private int StartOf(int index) => index == 0 ? 0 : _ends[index - 1];

    private int LengthOf(int index) => _ends[index] - StartOf(index);

    private int IndexOf(int id)
    {
        if ((uint)id >= (uint)Count)
        {
            ThrowNoSuchId(id);
        }

        return id - FirstPieceId;
    }

    private bool DoPiecesStayInLines()
    {
        int start = 0;
        foreach (int end in _ends)
        {
            ReadOnlySpan<byte> piece = _blob.AsSpan(start, end - start);
            int newline = piece.IndexOf((byte)'\n');
            if (newline >= 0 && piece[newline..].ContainsAnyExcept((byte)'\n'))
            {
                return false;
            }

            start = end;
        }

        return true;
    }

    [DoesNotReturn]
    private void ThrowNoSuchId(int id) => Throw.NoSuchId(id, Count, nameof(id));
}

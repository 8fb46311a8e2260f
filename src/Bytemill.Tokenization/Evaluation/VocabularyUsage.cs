using System.Collections.Immutable;

namespace Bytemill.Tokenization;

/// <summary>How well the pieces of a vocabulary are used, from <see cref="TokenStatistics"/>. Immutable; the same bits on every machine.</summary>
public sealed class VocabularyUsage
{
    /// <summary>Order α of the Rényi entropy: of those tried, it foretells the quality of translation best (Zouhar et al. 2023).</summary>
    public const double RenyiOrder = 2.5;

    private readonly ImmutableArray<long> _counts;

    /// <summary>The usage that <paramref name="statistics"/> show now.</summary>
    public VocabularyUsage(TokenStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        Vocabulary = statistics.Vocabulary;
        Totals = statistics.Totals;
        _counts = [.. statistics.Counts];
        long[] tokens = new long[Vocabulary.LongestPiece + 1];
        long[] pieces = new long[Vocabulary.LongestPiece + 1];
        for (int id = Vocabulary.FirstPieceId; id < _counts.Length; id++)
        {
            int length = Vocabulary.GetPiece(id).Length;
            pieces[length]++;
            tokens[length] = checked(tokens[length] + _counts[id]);
        }

        TokensOfLength = [.. tokens];
        PiecesOfLength = [.. pieces];
        RenyiEfficiency = ComputeRenyiEfficiency(_counts.AsSpan()[Vocabulary.FirstPieceId..]);
    }

    /// <summary>The pieces.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Totals of all texts.</summary>
    public TokenTotals Totals { get; }

    /// <summary>Tokens by the length of their piece in bytes; index 0 is empty.</summary>
    public ImmutableArray<long> TokensOfLength { get; }

    /// <summary>Pieces of the vocabulary by their length in bytes; index 0 is empty.</summary>
    public ImmutableArray<long> PiecesOfLength { get; }

    /// <summary>
    /// Rényi entropy of order <see cref="RenyiOrder"/> of the tokens, divided by the logarithm of the number of pieces: 1 when
    /// every piece occurs as often, near 0 when few of them make up nearly all tokens. NaN without tokens.
    /// </summary>
    /// <remarks>
    /// H = ln(Σ pᵢ^2.5) / (1 − 2.5), p from all tokens; H / ln n, n the number of pieces, those never used included. Zouhar et al.,
    /// "Tokenization and the Noiseless Channel", ACL 2023.
    /// </remarks>
    public double RenyiEfficiency { get; }

    /// <summary>How often a piece occurred.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public long GetCount(int id)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)_counts.Length, nameof(id));
        return _counts[id];
    }

    /// <summary>Pieces of two bytes or more that never occurred, ascending by id. Single bytes are in every vocabulary and do not count.</summary>
    public ImmutableArray<int> FindUnused()
    {
        var unused = ImmutableArray.CreateBuilder<int>();
        for (int id = Vocabulary.FirstPieceId; id < _counts.Length; id++)
        {
            if (_counts[id] == 0 && Vocabulary.GetPiece(id).Length > 1)
            {
                unused.Add(id);
            }
        }

        return unused.ToImmutable();
    }

    /// <summary>The pieces that occurred most, by (count descending, id); only such as occurred.</summary>
    /// <param name="count">How many at most, 0 or more.</param>
    public ImmutableArray<int> FindMostUsed(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int[] ids = ByCount();
        return [.. ids.AsSpan(0, Math.Min(count, ids.Length))];
    }

    /// <summary>
    /// The pieces that occurred most beyond what the model expects of them, by (count less expected count descending, id). What the
    /// model expects is the probability of the piece, as it has it from training, times the number of tokens.
    /// </summary>
    /// <param name="count">How many at most, 0 or more.</param>
    public ImmutableArray<int> FindOverUsed(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int[] ids = ByCount();
        double[] keys = [.. ids.Select(id => ExpectedCount(id) - _counts[id])];
        // Equal keys keep the order of counts: Array.Sort does not, so the rank decides.
        int[] ranks = [.. Enumerable.Range(0, ids.Length)];
        Array.Sort(ranks, (a, b) => keys[a] != keys[b] ? keys[a].CompareTo(keys[b]) : a.CompareTo(b));
        return [.. ranks.Where(rank => keys[rank] < 0).Take(count).Select(rank => ids[rank])];
    }

    /// <summary>Tokens that the model expects to be this piece: its share of the counts of training times the number of tokens here.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public double ExpectedCount(int id) => (double)Vocabulary.GetCount(id) / Vocabulary.TotalCount * Totals.Tokens;

    /// <summary>The counts of all pieces that occurred, from the greatest to the smallest: what a plot of rank against frequency shows.</summary>
    public ImmutableArray<long> CountsByRank() => [.. ByCount().Select(id => _counts[id])];

    /// <summary>As <see cref="RenyiEfficiency"/>, of any counts.</summary>
    /// <param name="counts">A count for each piece, 0 or more.</param>
    internal static double ComputeRenyiEfficiency(ReadOnlySpan<long> counts)
    {
        long total = 0;
        double powers = 0;
        foreach (long count in counts)
        {
            total = checked(total + count);
            // x^2.5 as x·x·√x: products and roots are rounded in one way on every machine, Math.Pow is not.
            powers += (double)count * count * Math.Sqrt(count);
        }

        return total == 0 || counts.Length < 2
            ? double.NaN
            : (Ln(powers) - (RenyiOrder * ExactLog.Ln(total))) / (1 - RenyiOrder) / ExactLog.Ln(counts.Length);
    }

    // A double is a whole number of 53 bits times a power of two; Math.Log differs between machines.
    private static double Ln(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52) - 1075;
        long fraction = (bits & ((1L << 52) - 1)) | (1L << 52);
        return ExactLog.Ln(fraction) + (exponent * ExactLog.Ln(2));
    }

    private int[] ByCount()
    {
        int[] ids = [.. Enumerable.Range(Vocabulary.FirstPieceId, _counts.Length - Vocabulary.FirstPieceId).Where(id => _counts[id] > 0)];
        Array.Sort(ids, (a, b) => _counts[a] != _counts[b] ? _counts[b].CompareTo(_counts[a]) : a.CompareTo(b));
        return ids;
    }
}

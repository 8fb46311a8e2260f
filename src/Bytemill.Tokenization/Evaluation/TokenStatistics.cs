namespace Bytemill.Tokenization;

/// <summary>Counts what a tokenizer makes of texts: totals, and how often each piece occurs. Not thread-safe; one for each thread, then added up.</summary>
public sealed class TokenStatistics
{
    private readonly long[] _counts;

    /// <summary>Empty statistics for the pieces of <paramref name="vocabulary"/>.</summary>
    public TokenStatistics(Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Vocabulary = vocabulary;
        _counts = new long[vocabulary.Count];
    }

    /// <summary>The pieces that are counted.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Totals of all texts.</summary>
    public TokenTotals Totals { get; private set; }

    /// <summary>How often each id occurred, by id.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Counts one text.</summary>
    /// <param name="utf8">The text as given.</param>
    /// <param name="ids">Its tokens, without special ones.</param>
    /// <returns>The totals of this text alone, for sums of other kinds.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An id is no piece of the vocabulary; nothing is counted.</exception>
    public TokenTotals Add(ReadOnlySpan<byte> utf8, ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
        {
            if ((uint)(id - Vocabulary.FirstPieceId) >= (uint)(_counts.Length - Vocabulary.FirstPieceId))
            {
                Throw.NotAPiece(id, _counts.Length, nameof(ids));
            }
        }

        foreach (int id in ids)
        {
            _counts[id]++;
        }

        TokenTotals totals = TokenTotals.Of(utf8, ids);
        Totals += totals;
        return totals;
    }

    /// <summary>Adds all that <paramref name="other"/> counted; the order of such sums does not matter.</summary>
    /// <exception cref="ArgumentException">It counts the pieces of another vocabulary.</exception>
    /// <exception cref="OverflowException">A sum exceeds 63 bits.</exception>
    public void Add(TokenStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!ReferenceEquals(other.Vocabulary, Vocabulary))
        {
            Throw.OtherVocabulary(nameof(other));
        }

        for (int id = 0; id < _counts.Length; id++)
        {
            _counts[id] = checked(_counts[id] + other._counts[id]);
        }

        Totals += other.Totals;
    }
}

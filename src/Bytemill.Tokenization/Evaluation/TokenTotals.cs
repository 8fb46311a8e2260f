namespace Bytemill.Tokenization;

/// <summary>How many tokens texts became. Whole numbers, so that adding up in any order gives the same.</summary>
/// <param name="Texts">Number of texts.</param>
/// <param name="TextBytes">UTF-8 bytes of the texts as given, before normalisation.</param>
/// <param name="Characters">Unicode code points of the texts as given.</param>
/// <param name="Tokens">Tokens they became.</param>
/// <param name="FragmentTokens">Tokens among them that are one byte of 0x80 or more: a fragment of a character, or ill-formed.</param>
/// <param name="SingleByteTokens">Tokens among them whose piece is one byte, ASCII characters included.</param>
public readonly record struct TokenTotals(long Texts, long TextBytes, long Characters, long Tokens, long FragmentTokens, long SingleByteTokens)
{
    /// <summary>Bytes per token; NaN without tokens. The higher, the shorter the text becomes.</summary>
    public double BytesPerToken => Ratio(TextBytes, Tokens);

    /// <summary>Tokens per code point; NaN without text.</summary>
    public double TokensPerCharacter => Ratio(Tokens, Characters);

    /// <summary>Share of tokens whose piece is one byte, 0 to 1; NaN without tokens.</summary>
    public double SingleByteShare => Ratio(SingleByteTokens, Tokens);

    /// <summary>Share of tokens that are one byte of a character of several, 0 to 1; NaN without tokens.</summary>
    public double FragmentShare => Ratio(FragmentTokens, Tokens);

    /// <summary>Counts one text.</summary>
    /// <param name="utf8">The text as given.</param>
    /// <param name="ids">Its tokens, without special ones.</param>
    public static TokenTotals Of(ReadOnlySpan<byte> utf8, ReadOnlySpan<int> ids)
    {
        // The 256 single bytes are the first pieces, since the pieces ascend by length.
        long single = 0;
        long fragments = 0;
        foreach (int id in ids)
        {
            uint value = (uint)(id - Vocabulary.FirstPieceId);
            single += value < 256 ? 1 : 0;
            fragments += value is >= 128 and < 256 ? 1 : 0;
        }

        return new TokenTotals(1, utf8.Length, CountCharacters(utf8), ids.Length, fragments, single);
    }

    /// <summary>The totals of all texts of both.</summary>
    /// <exception cref="OverflowException">A sum exceeds 63 bits.</exception>
    public static TokenTotals Add(TokenTotals left, TokenTotals right) => checked(new TokenTotals(
        left.Texts + right.Texts,
        left.TextBytes + right.TextBytes,
        left.Characters + right.Characters,
        left.Tokens + right.Tokens,
        left.FragmentTokens + right.FragmentTokens,
        left.SingleByteTokens + right.SingleByteTokens));

    /// <inheritdoc cref="Add"/>
    public static TokenTotals operator +(TokenTotals left, TokenTotals right) => Add(left, right);

    // Every byte but those that continue a character begins one.
    private static long CountCharacters(ReadOnlySpan<byte> utf8)
    {
        long count = 0;
        foreach (byte value in utf8)
        {
            count += (value & 0xC0) != 0x80 ? 1 : 0;
        }

        return count;
    }

    private static double Ratio(long numerator, long denominator) => denominator == 0 ? double.NaN : (double)numerator / denominator;
}

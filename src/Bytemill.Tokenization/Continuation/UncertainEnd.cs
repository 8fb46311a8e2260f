using System.Text;

namespace Bytemill.Tokenization;

/// <summary>The end of a text that what follows may still change by normalisation.</summary>
internal static class UncertainEnd
{
    private const int HangulFirst = 0xAC00;
    private const int HangulCount = 11_172;
    private const int TrailCount = 28;

    /// <summary>Length of the end of <paramref name="text"/> whose normal form depends on what follows.</summary>
    /// <param name="text">Not normalised.</param>
    /// <param name="beginnings">
    /// What the text's normal form may go on with behind the certain part: it begins with one of these. Empty: with anything.
    /// </param>
    public static int Find(ReadOnlySpan<byte> text, out List<byte[]> beginnings)
    {
        beginnings = [];
        int cut = Utf8Decoder.IncompleteTail(text);
        ReadOnlySpan<byte> whole = text[..^cut];
        int start = whole.Length;
        int codePoint = -1;
        int length = 0;
        while (start > 0)
        {
            start = Utf8Decoder.PreviousStart(whole, start);
            codePoint = Utf8Decoder.Decode(whole, start, out length);
            if (UnicodeData.Class(codePoint) == 0)
            {
                break;
            }
        }

        bool isOne = start + length == whole.Length;
        if (isOne && !MayChange(codePoint))
        {
            return cut;
        }

        // A mark that no starter is before may change places with others.
        if (isOne && cut == 0 && UnicodeData.Class(codePoint) == 0)
        {
            beginnings = Variants(codePoint);
        }

        return text.Length - start;
    }

    private static bool MayChange(int codePoint)
    {
        if (codePoint < 0)
        {
            return false;
        }

        if (IsHangulSyllable(codePoint))
        {
            return (codePoint - HangulFirst) % TrailCount == 0;
        }

        return UnicodeData.Class(codePoint) != 0 || UnicodeData.TryDecompose(codePoint, out _, out _) || Composites(codePoint).Any();
    }

    // All characters that the first starter may turn into.
    private static List<byte[]> Variants(int codePoint)
    {
        while (UnicodeData.TryDecompose(codePoint, out int first, out _))
        {
            codePoint = first;
        }

        List<int> variants = [codePoint];
        for (int i = 0; i < variants.Count; i++)
        {
            variants.AddRange(Composites(variants[i]).Except(variants).ToArray());
        }

        return [.. variants.Select(variant => Encoding.UTF8.GetBytes(char.ConvertFromUtf32(variant)))];
    }

    private static bool IsHangulSyllable(int codePoint) => (uint)(codePoint - HangulFirst) < HangulCount;

    private static IEnumerable<int> Composites(int codePoint)
    {
        if (codePoint is >= 0x1100 and < 0x1100 + 19)
        {
            return Enumerable.Range(0, 21).Select(vowel => UnicodeData.Compose(codePoint, 0x1161 + vowel));
        }

        if (IsHangulSyllable(codePoint))
        {
            return (codePoint - HangulFirst) % TrailCount == 0 ? Enumerable.Range(codePoint + 1, TrailCount - 1) : [];
        }

        return UnicodeData.CompositesOf(codePoint);
    }
}

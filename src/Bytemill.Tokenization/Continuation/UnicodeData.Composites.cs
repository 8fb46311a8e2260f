using System.Text;

namespace Bytemill.Tokenization;

internal static partial class UnicodeData
{
    /// <summary>What a character other than Hangul may become by taking in the one after it.</summary>
    public static List<int> CompositesOf(int codePoint)
    {
        List<int> composites = [];
        for (int i = 0; i < CompositionCount; i++)
        {
            if (DecomposedFirst[i] == codePoint)
            {
                composites.Add(Decomposed[i]);
            }
        }

        return composites;
    }

    /// <summary>Whether a decimal digit begins with these bytes.</summary>
    public static bool MayBecomeDigit(ReadOnlySpan<byte> bytes)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (int range = 0; range < DigitFirsts.Length; range++)
        {
            for (int codePoint = DigitFirsts[range]; codePoint <= DigitLasts[range]; codePoint++)
            {
                int length = new Rune(codePoint).EncodeToUtf8(utf8);
                if (utf8[..length].StartsWith(bytes))
                {
                    return true;
                }
            }
        }

        return false;
    }
}

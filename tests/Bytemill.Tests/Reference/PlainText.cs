using System.Globalization;
using System.Text;

namespace Bytemill.Tests;

/// <summary>Textbook normalising and chunking: algorithm.md, part 1.</summary>
/// <remarks>In this folder a byte string is a Latin-1 string: one char a byte, compared ordinally.</remarks>
internal static class PlainText
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string ToBytes(string text) => Encoding.Latin1.GetString(s_utf8.GetBytes(text));

    /// <summary><c>.{0,10000}\n{1,100}</c> or else <c>.{1,10000}</c>; isolated digits as in algorithm.md.</summary>
    public static List<string> TrainingChunks(string text, bool isolateDigits, Func<string, string> nfc) =>
        Chunks(nfc(text), isolateDigits, maxLine: 10_000, maxNewlines: 100);

    /// <summary><c>.*\n+</c> or else <c>.+</c>; isolated digits as in algorithm.md.</summary>
    public static List<string> EncodingChunks(string text, bool isolateDigits, Func<string, string> nfc) =>
        Chunks(nfc(text), isolateDigits, maxLine: int.MaxValue, maxNewlines: int.MaxValue);

    /// <summary>Unicode category Nd, of the runtime's Unicode version, which may be newer than ours.</summary>
    public static bool IsDigit(int codePoint) =>
        CharUnicodeInfo.GetUnicodeCategory(codePoint) == UnicodeCategory.DecimalDigitNumber;

    private static List<string> Chunks(string text, bool isolateDigits, int maxLine, int maxNewlines)
    {
        int[] characters = [.. text.EnumerateRunes().Select(rune => rune.Value)];
        bool Isolated(int at) => isolateDigits && IsDigit(characters[at]);
        List<string> chunks = [];
        int start = 0;
        while (start < characters.Length)
        {
            int end = start;
            if (Isolated(start))
            {
                end++;
            }
            else
            {
                while (end < characters.Length && end - start < maxLine && characters[end] != '\n' && !Isolated(end))
                {
                    end++;
                }

                int lineEnd = end;
                while (end < characters.Length && end - lineEnd < maxNewlines && characters[end] == '\n')
                {
                    end++;
                }
            }

            chunks.Add(ToBytes(string.Concat(characters[start..end].Select(char.ConvertFromUtf32))));
            start = end;
        }

        return chunks;
    }
}

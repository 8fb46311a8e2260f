using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Bytemill.Tests;

/// <summary>The regular expressions themselves, run over a string with one char for each code point.</summary>
internal static class PlainChunkSplitter
{
    public static List<int> Training(byte[] text, bool isolateDigits, int maxCodePoints)
    {
        string limit = maxCodePoints.ToString(CultureInfo.InvariantCulture);
        return Split(text, isolateDigits
            ? $@"\d|[^\n\d]{{0,{limit}}}\n{{1,100}}|[^\n\d]{{1,{limit}}}"
            : $@".{{0,{limit}}}\n{{1,100}}|.{{1,{limit}}}");
    }

    public static List<int> Encoding(byte[] text, bool isolateDigits) =>
        Split(text, isolateDigits ? @"\d|[^\n\d]*\n+|[^\n\d]+" : @".*\n+|.+");

    private static List<int> Split(byte[] text, string pattern)
    {
        var image = new StringBuilder();
        var ends = new List<int> { 0 };
        for (int i = 0; i < text.Length;)
        {
            bool valid = Rune.DecodeFromUtf8(text.AsSpan(i), out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            bool digit = valid && Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber;
            image.Append(valid && rune.Value == '\n' ? '\n' : digit ? '7' : 'x');
            i += valid ? length : 1;
            ends.Add(i);
        }

        return Regex.Matches(image.ToString(), pattern).Select(match => ends[match.Index + match.Length] - ends[match.Index]).ToList();
    }
}

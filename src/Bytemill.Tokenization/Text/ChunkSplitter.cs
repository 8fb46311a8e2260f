using System.Runtime.InteropServices;

namespace Bytemill.Tokenization;

/// <summary>Cuts normalised text into chunks, one at a time; the chunks together are the text.</summary>
/// <remarks>
/// The rules are those of the regular expressions of bytepiece 0.6.3. Only U+000A ends a line; a digit is a code point
/// of category Nd of Unicode 15.0.0. Each byte of ill-formed UTF-8 counts as one code point that is neither.
/// </remarks>
public static class ChunkSplitter
{
    // Longest run of newlines that a training chunk takes along.
    private const int MaxTrainingNewlines = 100;

    /// <summary>Length of the first training chunk: <c>.{0,L}\n{1,100}|.{1,L}</c>.</summary>
    /// <param name="text">UTF-8 bytes, not empty.</param>
    /// <param name="isolateDigits">Whether every digit is a chunk: <c>\d|[^\n\d]{0,L}\n{1,100}|[^\n\d]{1,L}</c>.</param>
    /// <param name="maxCodePoints">L, at least 1. The reference's is 10 000.</param>
    /// <returns>1 to 4 L + 100 bytes.</returns>
    /// <exception cref="ArgumentException"><paramref name="text"/> is empty, or <paramref name="maxCodePoints"/> below 1.</exception>
    /// <remarks>O(4 L), and O(length of the text) for all chunks of a text.</remarks>
    public static int NextTrainingChunk(ReadOnlySpan<byte> text, bool isolateDigits, int maxCodePoints = 10_000)
    {
        ThrowIfEmpty(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCodePoints, 1);

        // The byte after L code points has to be seen too: it may be a newline.
        int window = (int)Math.Min(text.Length, (4L * maxCodePoints) + 1);
        int stop = isolateDigits ? FindDigitOrNewline(text, window) : FindNewline(text, window);
        if (stop == 0 && text[0] != '\n')
        {
            Utf8Decoder.Decode(text, 0, out int digitLength);
            return digitLength;
        }

        // No more bytes than L are no more code points than L.
        int end = stop <= maxCodePoints ? stop : SkipCodePoints(text, stop, maxCodePoints);
        if (end != stop)
        {
            return end;
        }

        ReadOnlySpan<byte> rest = text[end..];
        return end + CountNewlines(rest[..Math.Min(rest.Length, MaxTrainingNewlines)]);
    }

    /// <summary>Length of the first chunk to be encoded: <c>.*\n+|.+</c>, a line with all the newlines after it.</summary>
    /// <param name="text">UTF-8 bytes, not empty.</param>
    /// <param name="isolateDigits">Whether every digit is a chunk: <c>\d|[^\n\d]*\n+|[^\n\d]+</c>.</param>
    /// <returns>At least 1.</returns>
    /// <exception cref="ArgumentException"><paramref name="text"/> is empty.</exception>
    /// <remarks>O(length of the chunk).</remarks>
    public static int NextEncodingChunk(ReadOnlySpan<byte> text, bool isolateDigits)
    {
        ThrowIfEmpty(text);
        int stop = isolateDigits ? FindDigitOrNewline(text, text.Length) : FindNewline(text, text.Length);
        if (stop == 0 && text[0] != '\n')
        {
            Utf8Decoder.Decode(text, 0, out int digitLength);
            return digitLength;
        }

        return stop + CountNewlines(text[stop..]);
    }

    private static int FindNewline(ReadOnlySpan<byte> text, int window)
    {
        int found = text[..window].IndexOf((byte)'\n');
        return found < 0 ? window : found;
    }

    // Looks for one that begins before `window`; it may end behind it.
    private static int FindDigitOrNewline(ReadOnlySpan<byte> text, int window)
    {
        for (int i = 0; i < window;)
        {
            int found = text[i..window].IndexOfAny(UnicodeData.DigitOrNewlineLeads);
            if (found < 0)
            {
                break;
            }

            i += found;
            int codePoint = Utf8Decoder.Decode(text, i, out int length);
            if (codePoint == '\n' || UnicodeData.IsDecimalDigit(codePoint))
            {
                return i;
            }

            i += length;
        }

        return window;
    }

    private static int CountNewlines(ReadOnlySpan<byte> text)
    {
        int other = text.IndexOfAnyExcept((byte)'\n');
        return other < 0 ? text.Length : other;
    }

    // End of the first `count` code points, but no more than `limit`, which is the edge of a code point or not reached.
    private static int SkipCodePoints(ReadOnlySpan<byte> text, int limit, int count)
    {
        int i = 0;
        while (i < limit && count > 0)
        {
            if (count >= 8 && limit - i >= 8 && (MemoryMarshal.Read<ulong>(text[i..]) & 0x8080808080808080) == 0)
            {
                i += 8;
                count -= 8;
                continue;
            }

            Utf8Decoder.Decode(text, i, out int length);
            i += length;
            count--;
        }

        return i;
    }

    private static void ThrowIfEmpty(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            throw new ArgumentException("Text must not be empty; a chunk has at least one byte.", nameof(text));
        }
    }
}

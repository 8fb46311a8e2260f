using System.Runtime.CompilerServices;

namespace Bytemill.Tokenization;

/// <summary>Code points of UTF-8 bytes, in which each byte of an ill-formed sequence stands alone.</summary>
internal static class Utf8Decoder
{
    /// <summary>The code point that begins at <paramref name="index"/>, or -1 for a byte that is not part of a well-formed one.</summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="index">Below the length of <paramref name="text"/>.</param>
    /// <param name="length">1 to 4 bytes; 1 for an ill-formed byte.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Decode(ReadOnlySpan<byte> text, int index, out int length)
    {
        int lead = text[index];
        length = 1;
        if (lead < 0x80)
        {
            return lead;
        }

        if (lead is >= 0xE0 and < 0xF0 && index + 2 < text.Length)
        {
            int second = text[index + 1] ^ 0x80;
            int third = text[index + 2] ^ 0x80;
            int codePoint = ((lead & 0xF) << 12) | (second << 6) | third;

            // Below U+0800 is overlong, U+D800..DFFF are surrogates.
            if ((second | third) < 0x40 && codePoint >= 0x800 && (codePoint & 0xF800) != 0xD800)
            {
                length = 3;
                return codePoint;
            }

            return -1;
        }

        return DecodeRare(text, index, out length);
    }

    /// <summary>Where the code point that ends at <paramref name="end"/> begins.</summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="end">End of a code point as <see cref="Decode"/> cuts them; at least 1.</param>
    public static int PreviousStart(ReadOnlySpan<byte> text, int end)
    {
        int start = end - 1;
        int lowest = Math.Max(0, end - 4);
        while (start > lowest && (text[start] & 0xC0) == 0x80)
        {
            start--;
        }

        Decode(text, start, out int length);
        return start + length == end ? start : end - 1;
    }

    /// <summary>Number of bytes at the end, 0 to 3, that might be the beginning of a code point cut off.</summary>
    public static int IncompleteTail(ReadOnlySpan<byte> text)
    {
        for (int count = 1; count <= 3 && count <= text.Length; count++)
        {
            ReadOnlySpan<byte> tail = text[^count..];
            if (tail[0] < 0x80)
            {
                return 0;
            }

            if (tail[0] >= 0xC0)
            {
                return IsIncomplete(tail) ? count : 0;
            }
        }

        return 0;
    }

    private static bool IsIncomplete(ReadOnlySpan<byte> tail)
    {
        // The second byte settles overlong forms, surrogates and code points above U+10FFFF.
        int second = tail.Length > 1 ? tail[1] : -1;
        return tail[0] switch
        {
            < 0xC2 => false,
            < 0xE0 => tail.Length < 2,
            < 0xF0 => tail.Length < 3 && (second < 0
                || ((tail[0] != 0xE0 || second >= 0xA0) && (tail[0] != 0xED || second < 0xA0))),
            < 0xF5 => tail.Length < 4 && (second < 0
                || ((tail[0] != 0xF0 || second >= 0x90) && (tail[0] != 0xF4 || second < 0x90))),
            _ => false,
        };
    }

    private static int DecodeRare(ReadOnlySpan<byte> text, int index, out int length)
    {
        int lead = text[index];
        length = 1;
        if (lead is >= 0xC2 and < 0xE0 && index + 1 < text.Length)
        {
            int second = text[index + 1] ^ 0x80;
            if (second < 0x40)
            {
                length = 2;
                return ((lead & 0x1F) << 6) | second;
            }
        }
        else if (lead is >= 0xF0 and < 0xF5 && index + 3 < text.Length)
        {
            int second = text[index + 1] ^ 0x80;
            int third = text[index + 2] ^ 0x80;
            int fourth = text[index + 3] ^ 0x80;
            int codePoint = ((lead & 7) << 18) | (second << 12) | (third << 6) | fourth;
            if ((second | third | fourth) < 0x40 && codePoint is >= 0x10000 and <= 0x10FFFF)
            {
                length = 4;
                return codePoint;
            }
        }

        return -1;
    }
}

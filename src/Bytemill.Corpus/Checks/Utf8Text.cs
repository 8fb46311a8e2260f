using System.Buffers;
using System.Text;

namespace Bytemill.Corpus;

/// <summary>Text that may be no UTF-8.</summary>
internal static class Utf8Text
{
    /// <summary>Offset of the first byte that does not fit; the length of the text when all do.</summary>
    public static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        int offset = 0;
        while (offset < text.Length
            && Rune.DecodeFromUtf8(text[offset..], out _, out int length) == OperationStatus.Done)
        {
            offset += length;
        }

        return offset;
    }

    /// <summary>What is wrong, for the middle of a sentence.</summary>
    /// <param name="text">Ill-formed text.</param>
    public static string Describe(ReadOnlySpan<byte> text)
    {
        int offset = FirstInvalid(text);
        return $"the text is no UTF-8 at byte {offset} of {text.Length} (0x{text[offset]:x2})";
    }

    /// <summary>The text with U+FFFD for each maximal part that is ill-formed (The Unicode Standard, 3.9, "U+FFFD Substitution of Maximal Subparts").</summary>
    public static byte[] Replace(ReadOnlySpan<byte> text)
    {
        ArrayBufferWriter<byte> whole = new(text.Length + 16);
        while (!text.IsEmpty)
        {
            int valid = FirstInvalid(text);
            whole.Write(text[..valid]);
            text = text[valid..];
            if (!text.IsEmpty)
            {
                Rune.DecodeFromUtf8(text, out _, out int length);
                whole.Write("\uFFFD"u8);
                text = text[length..];
            }
        }

        return whole.WrittenSpan.ToArray();
    }
}

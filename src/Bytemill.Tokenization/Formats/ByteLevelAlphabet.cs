using System.Buffers;
using System.Text;

namespace Bytemill.Tokenization;

/// <summary>The printable characters that stand for the 256 bytes in files of Hugging Face tokenizers, as in GPT-2's encoder.</summary>
internal static class ByteLevelAlphabet
{
    private static readonly char[] s_characters = CreateCharacters();
    private static readonly int[] s_bytes = CreateBytes();

    /// <summary>One character for each byte, all of the basic plane.</summary>
    public static string ToText(ReadOnlySpan<byte> piece) =>
        string.Create(piece.Length, piece, static (text, bytes) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = s_characters[bytes[i]];
            }
        });

    /// <summary>Appends the characters of <paramref name="piece"/> as UTF-8.</summary>
    public static void Write(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        Span<byte> utf8 = output.GetSpan(2 * piece.Length);
        int length = 0;
        foreach (byte value in piece)
        {
            length += new Rune(s_characters[value]).EncodeToUtf8(utf8[length..]);
        }

        output.Advance(length);
    }

    /// <summary>The bytes that <paramref name="text"/> stands for, or null when it has another character.</summary>
    public static byte[]? ToBytes(string text)
    {
        byte[] bytes = new byte[text.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            int value = text[i] < s_bytes.Length ? s_bytes[text[i]] : -1;
            if (value < 0)
            {
                return null;
            }

            bytes[i] = (byte)value;
        }

        return bytes;
    }

    private static char[] CreateCharacters()
    {
        char[] characters = new char[256];
        int next = 256;
        for (int value = 0; value < characters.Length; value++)
        {
            bool standsForItself = value is (> ' ' and < 0x7F) or (> 0xA0 and not 0xAD);
            characters[value] = (char)(standsForItself ? value : next++);
        }

        return characters;
    }

    private static int[] CreateBytes()
    {
        int[] bytes = new int[s_characters.Max() + 1];
        Array.Fill(bytes, -1);
        for (int value = 0; value < s_characters.Length; value++)
        {
            bytes[s_characters[value]] = value;
        }

        return bytes;
    }
}

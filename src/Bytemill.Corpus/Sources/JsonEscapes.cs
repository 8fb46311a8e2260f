using System.Buffers;
using System.Globalization;
using System.Text;

namespace Bytemill.Corpus;

/// <summary>Resolves the escapes of a JSON string that was found to be well-formed.</summary>
internal static class JsonEscapes
{
    /// <summary>Writes what an escaped string means. <c>Utf8JsonReader.CopyString</c> refuses strings that hold bytes which are no UTF-8 or
    /// half a pair of surrogates, which is for the policy on invalid text to judge: half a pair is written as its three bytes, which are no UTF-8.</summary>
    public static void Unescape(ReadOnlySpan<byte> escaped, IBufferWriter<byte> output)
    {
        Span<byte> encoded = stackalloc byte[4];
        while (true)
        {
            int at = escaped.IndexOf((byte)'\\');
            if (at < 0)
            {
                output.Write(escaped);
                return;
            }

            output.Write(escaped[..at]);
            byte kind = escaped[at + 1];
            escaped = escaped[(at + 2)..];
            if (kind == 'u')
            {
                output.Write(encoded[..Encode(TakeCharacter(ref escaped), encoded)]);
                continue;
            }

            encoded[0] = kind switch
            {
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                _ => kind,
            };
            output.Write(encoded[..1]);
        }
    }

    private static int TakeCharacter(ref ReadOnlySpan<byte> escaped)
    {
        int first = Hex(escaped);
        escaped = escaped[4..];
        if (char.IsHighSurrogate((char)first) && escaped.StartsWith("\\u"u8) && Hex(escaped[2..]) is var second && char.IsLowSurrogate((char)second))
        {
            escaped = escaped[6..];
            return char.ConvertToUtf32((char)first, (char)second);
        }

        return first;
    }

    private static int Hex(ReadOnlySpan<byte> digits) => int.Parse(digits[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static int Encode(int character, Span<byte> target)
    {
        if (Rune.TryCreate(character, out Rune rune))
        {
            return rune.EncodeToUtf8(target);
        }

        target[0] = (byte)(0xE0 | (character >> 12));
        target[1] = (byte)(0x80 | ((character >> 6) & 0x3F));
        target[2] = (byte)(0x80 | (character & 0x3F));
        return 3;
    }
}

using System.Buffers;
using System.Globalization;
using System.Text;

namespace Bytemill.Tokenization;

/// <summary>Pieces as text in which every byte can be told: valid characters as they are, the rest as <c>\xHH</c>.</summary>
/// <remarks><c>\</c> is <c>\\</c>. Control, format and separator characters other than the space, and ill-formed bytes, are escaped.</remarks>
internal static class PieceEscapes
{
    public static string Escape(ReadOnlySpan<byte> piece)
    {
        var text = new StringBuilder(piece.Length);
        while (!piece.IsEmpty)
        {
            bool isValid = Rune.DecodeFromUtf8(piece, out Rune rune, out int length) == OperationStatus.Done;
            if (isValid && rune.Value == '\\')
            {
                text.Append(@"\\");
            }
            else if (isValid && IsPlain(rune))
            {
                text.Append(rune);
            }
            else
            {
                foreach (byte value in piece[..length])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{value:X2}");
                }
            }

            piece = piece[length..];
        }

        return text.ToString();
    }

    /// <summary>Appends the bytes of an escaped piece; false when a backslash begins no escape.</summary>
    public static bool TryUnescape(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> piece)
    {
        while (!text.IsEmpty)
        {
            int length = text.IndexOf((byte)'\\');
            if (length != 0)
            {
                length = length < 0 ? text.Length : length;
                piece.Write(text[..length]);
            }
            else if (text.StartsWith(@"\\"u8))
            {
                piece.Write(@"\"u8);
                length = 2;
            }
            else
            {
                length = 4;
                if (text.Length < length || text[1] != 'x'
                    || Convert.FromHexString(text[2..4], piece.GetSpan(1), out _, out int written) != OperationStatus.Done || written != 1)
                {
                    return false;
                }

                piece.Advance(1);
            }

            text = text[length..];
        }

        return true;
    }

    // Not by Unicode category, which changes with versions: what would break a line, or could not be seen, below U+3001.
    private static bool IsPlain(Rune rune) => rune.Value switch
    {
        < 0x20 or (>= 0x7F and <= 0xA0) or 0xAD => false,
        0x1680 or (>= 0x2000 and <= 0x200F) or (>= 0x2028 and <= 0x202F) or (>= 0x205F and <= 0x206F) or 0x3000 => false,
        0xFEFF or 0x180E => false,
        _ => true,
    };
}

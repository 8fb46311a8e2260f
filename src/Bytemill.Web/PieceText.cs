using System.Buffers;
using System.Text;
using Bytemill.Tokenization;

namespace Bytemill.Web;

/// <summary>Pieces as people read them.</summary>
public static class PieceText
{
    /// <summary>A piece as <see cref="Show"/> has it, a special token by its name.</summary>
    public static string ShowToken(TokenizerModel model, int id)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.SpecialTokens.TryGetName(id, out string name) ? name : Show(model.Vocabulary.GetPiece(id));
    }

    /// <summary>Text as it is, spaces as ␣, control characters and bytes that are not text as <c>&lt;0xHH&gt;</c>.</summary>
    public static string Show(ReadOnlySpan<byte> piece)
    {
        var text = new StringBuilder();
        while (!piece.IsEmpty)
        {
            bool isText = Rune.DecodeFromUtf8(piece, out Rune rune, out int length) == OperationStatus.Done && !Rune.IsControl(rune);
            if (isText)
            {
                text.Append(rune.Value == ' ' ? "␣" : rune.ToString());
            }
            else
            {
                foreach (byte value in piece[..length])
                {
                    text.Append(System.Globalization.CultureInfo.InvariantCulture, $"<0x{value:X2}>");
                }
            }

            piece = piece[length..];
        }

        return text.ToString();
    }
}

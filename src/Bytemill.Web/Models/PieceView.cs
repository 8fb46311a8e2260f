namespace Bytemill.Web.Models;

/// <summary>A token as pages show it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its piece as people read it (<see cref="PieceText"/>); the name of a special token.</param>
/// <param name="Bytes">Bytes of the piece; 0 for special tokens.</param>
/// <param name="Count">Its count in training.</param>
/// <param name="Score">Its natural-log probability; −∞ for special tokens.</param>
/// <param name="EndsLine">Whether its piece ends with a newline.</param>
public sealed record PieceView(int Id, string Text, int Bytes, long Count, double Score, bool EndsLine)
{
    /// <summary>A token of a model.</summary>
    public static PieceView Of(Tokenization.TokenizerModel model, int id)
    {
        ArgumentNullException.ThrowIfNull(model);
        Tokenization.Vocabulary vocabulary = model.Vocabulary;
        if (id >= vocabulary.Count)
        {
            return new PieceView(id, PieceText.ShowToken(model, id), 0, 0, double.NegativeInfinity, false);
        }

        ReadOnlySpan<byte> piece = vocabulary.GetPiece(id);
        return new PieceView(id, PieceText.ShowToken(model, id), piece.Length, vocabulary.GetCount(id), vocabulary.GetScore(id), piece.EndsWith((byte)'\n'));
    }
}

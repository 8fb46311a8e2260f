using System.Collections.Immutable;
using System.Text;
using Bytemill.Tokenization;

namespace Bytemill.Web.Models;

/// <summary>A text cut into the pieces of a model.</summary>
/// <param name="Pieces">The tokens in order; of a long text the first <see cref="MaxPieces"/>.</param>
/// <param name="Tokens">How many tokens there are.</param>
/// <param name="Bytes">UTF-8 bytes of the text.</param>
/// <param name="Characters">Unicode code points of the text.</param>
/// <param name="LogProbability">Sum of the natural-log probabilities of all pieces.</param>
public sealed record TextCut(ImmutableArray<PieceView> Pieces, int Tokens, int Bytes, int Characters, double LogProbability)
{
    /// <summary>More tokens than these nobody looks at one by one.</summary>
    public const int MaxPieces = 2000;

    /// <summary>Bytes per token; NaN without tokens.</summary>
    public double BytesPerToken => Tokens == 0 ? double.NaN : (double)Bytes / Tokens;

    /// <summary>Cuts a text.</summary>
    /// <param name="model">By whose pieces.</param>
    /// <param name="text">The text; a lone surrogate is read as U+FFFD.</param>
    /// <param name="sampling">Draws a random segmentation; null for the best one.</param>
    /// <param name="seed">Which one is drawn.</param>
    public static TextCut Of(LoadedModel model, string text, SamplingOptions? sampling = null, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        int[] ids = sampling is null ? model.Tokenizer.Encode(utf8) : model.SamplerOf(sampling).Sample(utf8, seed);
        int characters = utf8.Count(value => (value & 0xC0) != 0x80);
        return new TextCut(
            [.. ids.Take(MaxPieces).Select(id => PieceView.Of(model.Tokenizer.Model, id))], ids.Length, utf8.Length, characters, model.Tokenizer.LogProbability(ids));
    }
}

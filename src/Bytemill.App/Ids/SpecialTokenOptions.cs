using Bytemill.Pipeline;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>What the command line says about special tokens.</summary>
internal static class SpecialTokenOptions
{
    /// <exception cref="JobInputException">The model has no special token of a name.</exception>
    public static EncodeOptions Create(TokenizerModel model, string[] allowed, bool bos, bool eos)
    {
        foreach (string name in allowed)
        {
            if (!model.SpecialTokens.TryGetId(name, out _))
            {
                string[] known = [.. model.SpecialTokens.Names.Take(20)];
                throw new JobInputException(
                    $"--special '{name}': the model has no such special token; it has '{string.Join("', '", known)}'{(model.SpecialTokens.Names.Skip(known.Length).Any() ? " and more" : "")}.");
            }
        }

        return new EncodeOptions { AddBos = bos, AddEos = eos, AllowedSpecial = [.. allowed] };
    }
}

using Bytemill.Pipeline;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>What the command line calls the formats of models.</summary>
internal static class ModelFormatNames
{
    public const string All = "bytemill, compiled, bytepiece, huggingface, sentencepiece or tsv";

    public static string NameOf(ModelFormat format) => format.ToString().ToLowerInvariant();

    public static ModelFormat Parse(string option, string name)
    {
        foreach (ModelFormat format in Enum.GetValues<ModelFormat>())
        {
            if (NameOf(format) == name)
            {
                return format;
            }
        }

        throw new JobInputException($"{option} is {All}; found '{name}'.");
    }
}

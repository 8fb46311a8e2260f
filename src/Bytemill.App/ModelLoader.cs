using Bytemill.Pipeline;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>Loads a model named on the command line.</summary>
internal static class ModelLoader
{
    public static Tokenizer Load(string path)
    {
        if (path.Length == 0)
        {
            throw new JobInputException("No model. Say which with --model out/model.bytemill.");
        }

        if (!File.Exists(path))
        {
            throw new JobInputException($"No model at '{path}'.");
        }

        try
        {
            // The library's own loader takes the formats that are made for loading; the others are read as a model first.
            return ModelFormats.DetectFile(path) is ModelFormat.Bytemill or ModelFormat.Compiled or ModelFormat.BytePiece
                ? Tokenizer.Load(path)
                : new Tokenizer(ModelFormats.ReadFile(path));
        }
        catch (ModelFormatException e)
        {
            throw new JobInputException($"{path}: {e.Message}", e);
        }
    }
}

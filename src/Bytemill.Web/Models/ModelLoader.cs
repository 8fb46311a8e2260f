using Bytemill.Pipeline;
using Bytemill.Tokenization;

namespace Bytemill.Web.Models;

/// <summary>Loads a model that a user named, of any format.</summary>
public static class ModelLoader
{
    /// <exception cref="JobInputException">There is no model at <paramref name="path"/>, or it is damaged; the message says so.</exception>
    public static Tokenizer Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
        {
            throw new JobInputException("No model. Say which with --model out/model.bytemill.");
        }

        if (!ModelSource.Exists(path))
        {
            throw new JobInputException($"No model at '{path}'.");
        }

        try
        {
            return ModelSource.WithLocalFile(path, LoadFile);
        }
        catch (ModelFormatException e)
        {
            // The library names the file, mostly without its folder.
            string name = Path.GetFileName(path);
            string rest = e.Message.StartsWith(path, StringComparison.Ordinal) ? e.Message[path.Length..]
                : e.Message.StartsWith(name, StringComparison.Ordinal) ? e.Message[name.Length..] : ": " + e.Message;
            throw new JobInputException(path + rest, e);
        }
    }

    // The library's own loader takes the formats that are made for loading; the others are read as a model first.
    private static Tokenizer LoadFile(string path) =>
        ModelFormats.DetectFile(path) is ModelFormat.Bytemill or ModelFormat.Compiled or ModelFormat.BytePiece
            ? Tokenizer.Load(path)
            : new Tokenizer(ModelFormats.ReadFile(path));
}

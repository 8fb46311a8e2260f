using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Reads a model that the job itself has made.</summary>
internal static class TrainedModel
{
    /// <exception cref="RunFormatException">The file is damaged. Of a model that the user gives it would be the input that is at fault.</exception>
    public static TokenizerModel Read(string path)
    {
        try
        {
            return ModelSource.Read(path);
        }
        catch (ModelFormatException e)
        {
            throw new RunFormatException(e.Message, e);
        }
    }
}

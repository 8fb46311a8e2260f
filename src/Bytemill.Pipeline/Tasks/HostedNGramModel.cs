using System.IO.MemoryMappedFiles;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>An n-gram model as all tasks of a node read it: a copy in large pages when it is small, else the file, mapped.</summary>
internal sealed class HostedNGramModel : IDisposable
{
    private readonly MemoryMappedFile? _file;

    private HostedNGramModel(NGramModel model, MemoryMappedFile? file) => (Model, _file) = (model, file);

    public NGramModel Model { get; }

    /// <param name="path">The model's file.</param>
    /// <param name="copyBytes">Length up to which it is copied.</param>
    public static HostedNGramModel Open(string path, long copyBytes)
    {
        using (FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))
        {
            if (stream.Length <= copyBytes)
            {
                return new HostedNGramModel(NGramModel.Read(stream), file: null);
            }
        }

        var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        try
        {
            return new HostedNGramModel(NGramModel.Open(file, new FileInfo(path).Length), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Model.Dispose();
        _file?.Dispose();
    }
}

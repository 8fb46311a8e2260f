using Bytemill.Corpus;
using Bytemill.Tokenization;

namespace Bytemill.Pipeline;

/// <summary>Reads models wherever they are.</summary>
public static class ModelSource
{
    /// <summary>Whether there is a file of that path.</summary>
    /// <exception cref="IOException">Its store cannot be asked.</exception>
    public static bool Exists(string path) => Stores.HasFile(path);

    /// <summary>Reads a <c>model.bytemill</c>.</summary>
    /// <exception cref="ModelFormatException">It is none, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TokenizerModel Read(string path)
    {
        using Stream file = Stores.OpenRead(path);
        return ModelFile.Read(file, path);
    }

    /// <summary>Calls with the path of a file of this machine that holds the model: the very file, or a copy that is gone afterwards.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static T WithLocalFile<T>(string path, Func<string, T> use)
    {
        ArgumentNullException.ThrowIfNull(use);
        if (!StorePath.IsRemote(path))
        {
            return use(path);
        }

        string directory = Directory.CreateTempSubdirectory("bytemill-model-").FullName;
        try
        {
            // Under its own name, which tells the format.
            string copy = Path.Combine(directory, path[(path.LastIndexOf('/') + 1)..]);
            using (Stream file = Stores.OpenRead(path))
            using (FileStream target = File.Create(copy))
            {
                file.CopyTo(target);
            }

            return use(copy);
        }
        finally
        {
            // What is mapped stays readable.
            Directory.Delete(directory, recursive: true);
        }
    }
}

using System.Text;

namespace Bytemill.Corpus;

/// <summary>Finds the store of a path: <c>s3://bucket/key</c> is in an object store, anything else on this machine.</summary>
public static class Stores
{
    /// <summary>The store that a path belongs to.</summary>
    public static IStore Of(string path) => StorePath.IsRemote(path) ? S3Store.Shared : LocalStore.Instance;

    /// <summary>Memory that all open objects of this process may take for what is fetched ahead, in bytes.</summary>
    public static long ReadAheadBytes
    {
        get => S3Store.Shared.Cache.CapacityBytes;
        set => S3Store.Shared.Cache.CapacityBytes = value;
    }

    /// <summary>Whether there is a file or directory of that path.</summary>
    public static bool Exists(string path) => Of(path) is var store && (store.Find(path) is not null || store.HasDirectory(path));

    /// <summary>Whether there is a file of that path.</summary>
    public static bool HasFile(string path) => Of(path).Find(path) is not null;

    /// <summary>Opens a file for reading from its beginning to its end.</summary>
    public static Stream OpenRead(string path)
    {
        if (!StorePath.IsRemote(path))
        {
            return File.OpenRead(path);
        }

        IStoreFile file = Of(path).Open(path);
        file.Announce(0, file.LengthBytes);
        return new StoreStream(file, path);
    }

    /// <summary>Path of the file that a stream reads, for messages; <c>null</c> where it reads none.</summary>
    public static string? NameOf(Stream stream) => stream switch
    {
        FileStream file => file.Name,
        INamedFile file => file.Name,
        _ => null,
    };

    /// <summary>A small file as a whole.</summary>
    public static byte[] ReadAllBytes(string path)
    {
        using Stream file = OpenRead(path);
        byte[] content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    /// <summary>A small file of text as a whole.</summary>
    public static string ReadAllText(string path)
    {
        using StreamReader reader = new(OpenRead(path), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

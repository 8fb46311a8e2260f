namespace Bytemill.Tests;

/// <summary>A directory of its own for one test, gone afterwards.</summary>
internal sealed class TestDirectory : IDisposable
{
    public TestDirectory() => Path = Directory.CreateTempSubdirectory("bytemill-test-").FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Every file below, with its bytes: for comparing before and after.</summary>
    public SortedDictionary<string, byte[]> Snapshot() => Snapshot(Path);

    public static SortedDictionary<string, byte[]> Snapshot(string directory)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            files.Add(System.IO.Path.GetRelativePath(directory, file), File.ReadAllBytes(file));
        }

        return files;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

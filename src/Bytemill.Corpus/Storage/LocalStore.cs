using System.Globalization;
using Microsoft.Extensions.FileSystemGlobbing;

namespace Bytemill.Corpus;

/// <summary>Disks of this machine, and whatever else its file system shows.</summary>
internal sealed class LocalStore : IStore
{
    private LocalStore()
    {
    }

    public static LocalStore Instance { get; } = new();

    public int ParallelTransfers => 1;

    public StoredFile? Find(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new StoredFile(path, file.Length, file.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture)) : null;
    }

    public IStoreFile Open(string path) => new LocalFile(path);

    public bool HasDirectory(string path) => Directory.Exists(path);

    public IEnumerable<string> Entries(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateFileSystemEntries(directory) : [];

    public IEnumerable<StoredFile> Files(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(path => Find(path)).OfType<StoredFile>() : [];

    public IEnumerable<string> Match(string directory, params IEnumerable<string> globs)
    {
        Matcher matcher = new(StringComparison.Ordinal);
        matcher.AddIncludePatterns(globs);
        return matcher.Execute(new SourceDirectory(new DirectoryInfo(directory))).Files.Select(match => Path.GetFullPath(match.Path, directory));
    }

    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public void Write(string path, ReadOnlySpan<byte> content) => File.WriteAllBytes(path, content);

    public Task ReadAsync(StoredFile file, long position, Memory<byte> target)
    {
        using var opened = new LocalFile(file.Path);
        for (int done = 0; done < target.Length;)
        {
            int read = opened.Read(position + done, target.Span[done..]);
            done += read > 0 ? read : throw new EndOfStreamException($"{file.Path} ends before byte {position + target.Length}.");
        }

        return Task.CompletedTask;
    }

    public void Put(string localPath, string path, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(localPath, path, overwrite: true);
    }

    public bool TryCopy(StoredFile file, string target) => false;

    public void Publish(string localPath, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(localPath, path, overwrite: true);
    }

    public void Delete(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            // Of a directory that is gone, Delete itself would complain.
            if (File.Exists(path))
            {
                File.Delete(path);
            }
        }
    }

    public void DeleteEmptyDirectory(string path)
    {
        if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
        {
            Directory.Delete(path);
        }
    }

    public void GiveUpUnfinished(string directory, IReadOnlySet<string>? paths)
    {
        // A file is renamed when it is whole.
    }
}

using System.Collections.Concurrent;
using Bytemill.Corpus;

namespace Bytemill.Tests;

/// <summary>A directory that stands for an object store: counts what is asked of it, and fails where a test wants it to.</summary>
internal sealed class WatchedStore : IStore
{
    private readonly LocalStore _files = LocalStore.Instance;
    private long _readBytes;
    private int _found;

    /// <summary>Bytes that were read.</summary>
    public long ReadBytes => Interlocked.Read(ref _readBytes);

    /// <summary>How often a file was looked for.</summary>
    public int Found => Volatile.Read(ref _found);

    /// <summary>Full paths of what was deleted, in order.</summary>
    public ConcurrentQueue<string> Deleted { get; } = new();

    /// <summary>Called before a stretch is read.</summary>
    public Func<Task> BeforeRead { get; set; } = () => Task.CompletedTask;

    /// <summary>Called before a file is put up, with its name.</summary>
    public Action<string> BeforePut { get; set; } = _ => { };

    public int ParallelTransfers => 4;

    public StoredFile? Find(string path)
    {
        Interlocked.Increment(ref _found);
        return _files.Find(path);
    }

    public async Task ReadAsync(StoredFile file, long position, Memory<byte> target)
    {
        await BeforeRead();
        await _files.ReadAsync(file, position, target);
        Interlocked.Add(ref _readBytes, target.Length);
    }

    public void Put(string localPath, string path, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        BeforePut(Path.GetFileName(path));
        _files.Put(localPath, path, cancellation);
    }

    public void Delete(IEnumerable<string> paths)
    {
        foreach (string path in paths.ToArray())
        {
            Deleted.Enqueue(path);
            _files.Delete([path]);
        }
    }

    public void Write(string path, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _files.Write(path, content);
    }

    public IStoreFile Open(string path) => _files.Open(path);

    public bool HasDirectory(string path) => _files.HasDirectory(path);

    public IEnumerable<string> Entries(string directory) => _files.Entries(directory);

    public IEnumerable<StoredFile> Files(string directory) => _files.Files(directory);

    public IEnumerable<string> Match(string directory, params IEnumerable<string> globs) => _files.Match(directory, globs);

    public void CreateDirectory(string path) => _files.CreateDirectory(path);

    public bool TryCopy(StoredFile file, string target) => _files.TryCopy(file, target);

    public void Publish(string localPath, string path) => _files.Publish(localPath, path);

    public void DeleteEmptyDirectory(string path) => _files.DeleteEmptyDirectory(path);

    public void GiveUpUnfinished(string directory, IReadOnlySet<string>? paths) => _files.GiveUpUnfinished(directory, paths);
}

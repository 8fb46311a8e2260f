using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>
/// Work files on a disk that all nodes of the job see. Attempts are written under <c>attempts/</c> and get their names under <c>stages/</c> by one rename.
/// </summary>
internal sealed class LocalWorkDirectory : WorkDirectory
{
    /// <param name="root">Absolute path; created by <see cref="Create"/>.</param>
    public LocalWorkDirectory(string root)
        : base(root, Stores.Of(root))
    {
    }

    private string Attempts => PathOf("attempts");

    public override void Create()
    {
        Directory.CreateDirectory(Attempts);
        Directory.CreateDirectory(Stages);
    }

    public override void Delete()
    {
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    }

    public override void Dispose()
    {
        // Files are read where they are.
    }

    internal override FileScratchSpace NodeScratch(ResidentSetGuard residentSet) => new(Path.Combine(Attempts, "node-" + Guid.NewGuid().ToString("N")), residentSet);

    internal override void Commit(string pending, string committed, CancellationToken cancellation)
    {
        foreach (string path in Directory.EnumerateFiles(pending))
        {
            // What was taken over may be there for reading only; Windows flushes only what may be written.
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read);
            RandomAccess.FlushToDisk(handle);
        }

        string target = PathOf(committed);
        Subdirectory.Create(Path.GetDirectoryName(target)!);
        Directory.Move(pending, target);
    }

    internal override Stream OpenRead(string attemptDirectory, string file) =>
        new FileStream(Path.Combine(Resolve(attemptDirectory), file), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);

    internal override HeldFile Hold(string attemptDirectory, string file) => new(Path.Combine(Resolve(attemptDirectory), file));

    internal override bool IsWhole(string attemptDirectory, StageKind stage) => WorkFileCheck.IsWhole(Resolve(attemptDirectory), stage);

    internal override void DropCopies()
    {
        // There are none.
    }

    internal override void Publish(string source, string target, CancellationToken cancellation) => Stores.Of(target).Publish(source, target);

    public override void DeleteUnread(string directory)
    {
        string path = PathOf(directory);
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It may be in use; what is left costs space until the job ends.
        }
    }

    private protected override string CreatePending(string name)
    {
        string pending = Path.Combine(Attempts, name);
        Subdirectory.Create(pending);
        return pending;
    }

    private protected override IEnumerable<string> PendingNames(string prefix) =>
        Directory.EnumerateDirectories(Attempts, prefix + "*").Select(path => Path.GetRelativePath(Root, path));

    private protected override void WriteWhole(string name, Action<Stream> write)
    {
        string temporary = Path.Combine(Attempts, name + "." + Guid.NewGuid().ToString("N"));
        using (FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, PathOf(name), overwrite: true);
    }
}

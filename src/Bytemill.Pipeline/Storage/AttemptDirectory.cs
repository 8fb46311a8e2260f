using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>Where one attempt at a task writes; becomes visible as a whole by <see cref="Commit"/> or not at all.</summary>
internal sealed class AttemptDirectory
{
    private readonly WorkDirectory _work;
    private readonly string _pending;

    /// <param name="work">Work directory of the job.</param>
    /// <param name="pending">Full path while the attempt runs.</param>
    /// <param name="committed">Path relative to the work directory once committed.</param>
    /// <param name="scratch">Full path of the directory for temporary files; made when the first is.</param>
    /// <param name="residentSet">Of the process.</param>
    public AttemptDirectory(WorkDirectory work, string pending, string committed, string scratch, ResidentSetGuard? residentSet)
    {
        _work = work;
        _pending = pending;
        Committed = committed;
        Scratch = new FileScratchSpace(scratch, residentSet);
    }

    /// <summary>Name of the attempt once committed, relative to the work directory.</summary>
    public string Committed { get; }

    /// <summary>Temporary files of the attempt.</summary>
    public FileScratchSpace Scratch { get; }

    /// <summary>Opens a new file of the attempt for writing.</summary>
    public FileStream Create(string name) =>
        new(Path.Combine(_pending, name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1 << 16);

    /// <summary>Opens a file that the attempt wrote.</summary>
    public FileStream OpenRead(string name) => new(Path.Combine(_pending, name), FileMode.Open, FileAccess.Read, FileShare.Read);

    /// <summary>Makes a file that nobody changes any more one of the attempt, too.</summary>
    /// <param name="source">Full path.</param>
    /// <param name="name">Its name here.</param>
    public void TakeOver(string source, string name)
    {
        if (!StorePath.IsRemote(source))
        {
            HardLink.CreateOrCopy(source, Path.Combine(_pending, name));
            return;
        }

        using Stream file = Stores.OpenRead(source);
        using FileStream copy = Create(name);
        file.CopyTo(copy);
    }

    /// <summary>As <see cref="TakeOver"/>, of a file that may have been replaced, damaged or removed: what is looked at is what is taken.</summary>
    /// <returns>Whether it is whole; if not, it is not taken.</returns>
    public bool TryTakeOver(string source, string name, long lengthBytes, string xxh3)
    {
        if (!Stores.HasFile(source))
        {
            return false;
        }

        TakeOver(source, name);
        string own = Path.Combine(_pending, name);
        if (WorkFileCheck.IsWhole(own, lengthBytes, xxh3))
        {
            return true;
        }

        File.Delete(own);
        return false;
    }

    /// <summary>Makes all files visible under the attempt's committed name; <see cref="WorkDirectory.Commit"/>.</summary>
    /// <returns>Bytes of the files.</returns>
    /// <exception cref="DirectoryNotFoundException">The job has ended and its files are gone, as after a long stop of this process.</exception>
    public long Commit(CancellationToken cancellation)
    {
        Scratch.Delete();
        long bytes = new DirectoryInfo(_pending).EnumerateFiles().Sum(file => file.Length);
        _work.Commit(_pending, Committed, cancellation);
        return bytes;
    }

    /// <summary>Deletes the attempt as far as it can be, committed or not: it failed, was cancelled, or another attempt came first.</summary>
    public void Discard()
    {
        _work.DeleteUnread(Committed);
        foreach (string path in (string[])[_pending, Scratch.Path])
        {
            try
            {
                Directory.Delete(path, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Once committed neither is there. What cannot be deleted now goes with the whole work directory, and must not hide why the attempt ended.
            }
        }
    }
}

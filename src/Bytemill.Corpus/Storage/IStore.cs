namespace Bytemill.Corpus;

/// <summary>
/// What the pipeline asks of storage. Directories of an object store are what comes before a <c>/</c> in the names of its objects: they are there as long as
/// something is in them. Nothing of a file is visible before all of it is.
/// </summary>
/// <remarks>Failures are <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>, with messages that say where and what to do.</remarks>
public interface IStore
{
    /// <summary>Files moved here or looked at here at the same time that still make it faster.</summary>
    int ParallelTransfers { get; }

    /// <summary>The file of that path; null when there is none.</summary>
    StoredFile? Find(string path);

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    IStoreFile Open(string path);

    /// <summary>Whether there is such a directory.</summary>
    bool HasDirectory(string path);

    /// <summary>Full paths of the files and directories right in a directory, in no order; none where it does not exist.</summary>
    IEnumerable<string> Entries(string directory);

    /// <summary>All files below a directory, in no order.</summary>
    IEnumerable<StoredFile> Files(string directory);

    /// <summary>Files below a directory that any of some globs matches, in no order; looks through the directory once. Names that start with <c>_</c> or <c>.</c> are
    /// skipped, those of directories too.</summary>
    /// <param name="directory">Full path.</param>
    /// <param name="globs">With <c>/</c> between names; <c>*</c> matches within a name, <c>**</c> any directories.</param>
    IEnumerable<string> Match(string directory, params IEnumerable<string> globs);

    /// <summary>Makes a directory and those above it, where the store has any to make.</summary>
    void CreateDirectory(string path);

    /// <summary>Writes a small file, in place of one that may be there.</summary>
    void Write(string path, ReadOnlySpan<byte> content);

    /// <summary>Reads a stretch of a file past all that is kept of it in memory.</summary>
    /// <param name="file">The file; of another version nothing is read.</param>
    /// <param name="position">First byte of the stretch.</param>
    /// <param name="target">Filled; must not reach beyond the end of the file.</param>
    Task ReadAsync(StoredFile file, long position, Memory<byte> target);

    /// <summary>Copies a file of this machine here as a whole, in place of one that may be there, and makes the directory for it.</summary>
    void Put(string localPath, string path, CancellationToken cancellation);

    /// <summary>Copies a file of this store as a whole without moving it through this machine, in place of one that may be there.</summary>
    /// <returns>Whether the store could; if not, nothing was done.</returns>
    /// <exception cref="IOException">It is another version by now, or copying failed.</exception>
    bool TryCopy(StoredFile file, string target);

    /// <summary>Moves a file of this machine here as a whole, in place of one that may be there, and makes the directory for it.</summary>
    void Publish(string localPath, string path);

    /// <summary>Deletes files; no error where one is gone already.</summary>
    void Delete(IEnumerable<string> paths);

    /// <summary>Deletes a directory if nothing is in it.</summary>
    void DeleteEmptyDirectory(string path);

    /// <summary>Gives up what processes that died have begun to put below a directory, as far as the store tells.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="paths">Full paths of the files that are meant, where others may be on their way there for somebody else; <c>null</c> for all.</param>
    void GiveUpUnfinished(string directory, IReadOnlySet<string>? paths);
}

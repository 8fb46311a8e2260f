namespace Bytemill.Pipeline;

/// <summary>
/// The part of a directory for temporary files that belongs to one process. It is held by a lock, which ends with the process however that ends;
/// so the next one that comes removes what killed ones have left, and never what a living one needs.
/// </summary>
internal sealed class NodeSpillDirectory : IDisposable
{
    private const string Prefix = "bytemill-node-";
    private const string LockExtension = ".lock";

    private readonly string _lockPath;
    private readonly FileStream _lock;

    private NodeSpillDirectory(string lockPath, FileStream held)
    {
        _lockPath = lockPath;
        _lock = held;
        Path = System.IO.Path.ChangeExtension(lockPath, null);
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Makes the directory for those who were given none: below the user's local data (<c>XDG_DATA_HOME</c>).</summary>
    /// <returns>Full path.</returns>
    /// <exception cref="JobInputException">It cannot be made.</exception>
    public static string CreateDefault()
    {
        string directory = System.IO.Path.Combine(JobOutput.LocalData, "scratch");
        try
        {
            return Directory.CreateDirectory(directory).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(directory, e);
        }
    }

    /// <summary>Takes a part of the directory and removes the parts of processes that have ended.</summary>
    /// <param name="directory">Shared with other nodes of this machine, and with files that are not ours.</param>
    /// <exception cref="JobInputException">Nothing can be written there.</exception>
    public static NodeSpillDirectory Claim(string directory)
    {
        string lockPath = System.IO.Path.Combine(directory, $"{Prefix}{Guid.NewGuid():N}{LockExtension}");
        try
        {
            var own = new NodeSpillDirectory(lockPath, new FileStream(lockPath, FileMode.CreateNew, FileAccess.Write, FileShare.None));
            Directory.CreateDirectory(own.Path);
            own.RemoveAbandoned(directory);
            return own;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(directory, e);
        }
    }

    private static JobInputException Unusable(string directory, Exception e) =>
        new($"The directory for temporary files, '{directory}', cannot be used: {e.Message} Give another one with --spill-dir (of a node) or --scratch-dir (of a job of this machine).", e);

    public void Dispose()
    {
        Remove(Path);
        File.Delete(_lockPath);
        _lock.Dispose();
    }

    private void RemoveAbandoned(string directory)
    {
        foreach (string path in Directory.EnumerateFiles(directory, Prefix + "*" + LockExtension))
        {
            if (path != _lockPath)
            {
                RemoveIfAbandoned(path);
            }
        }
    }

    private static void RemoveIfAbandoned(string lockPath)
    {
        try
        {
            using var held = new FileStream(lockPath, FileMode.Open, FileAccess.Write, FileShare.None);
            Remove(System.IO.Path.ChangeExtension(lockPath, null));
            File.Delete(lockPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Its process lives, or another one that has just come removes it, or it is another user's.
        }
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}

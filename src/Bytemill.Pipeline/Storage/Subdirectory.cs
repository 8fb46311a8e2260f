namespace Bytemill.Pipeline;

/// <summary>Directories of a job below those that it has.</summary>
internal static class Subdirectory
{
    /// <summary>Makes a directory unless it is there, in one that is.</summary>
    /// <remarks>
    /// A job that has ended took its files with it. They must not come to life again by a node that was stopped meanwhile and wakes: nobody would
    /// remove them a second time.
    /// </remarks>
    /// <exception cref="DirectoryNotFoundException">Its parent is gone.</exception>
    public static void Create(string path)
    {
        if (Path.GetDirectoryName(path) is { } parent && !Directory.Exists(parent))
        {
            throw new DirectoryNotFoundException($"The directory '{parent}' is gone.");
        }

        Directory.CreateDirectory(path);
    }
}

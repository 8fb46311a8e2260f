namespace Bytemill.Corpus;

/// <summary>Paths of any store. Of an object every character of its key counts, so nothing of it is ever normalised.</summary>
public static class StorePath
{
    internal const string Scheme = "s3://";

    /// <summary>Whether the path is one of an object store.</summary>
    public static bool IsRemote(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.StartsWith(Scheme, StringComparison.Ordinal);
    }

    /// <summary>Whether the path means the same wherever it is used.</summary>
    public static bool IsFull(string path) => IsRemote(path) || Path.IsPathFullyQualified(path);

    /// <summary>The path as any process reads it: of this machine an absolute one.</summary>
    public static string Full(string path) => IsRemote(path) ? path : Path.GetFullPath(path);

    /// <summary>The directory of results or the like: as <see cref="Full(string)"/>, without a separator at its end.</summary>
    public static string FullDirectory(string path) => IsRemote(path) ? path.TrimEnd('/') : Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>A path that starts at a directory unless it is a full one itself.</summary>
    public static string Full(string path, string directory) =>
        IsRemote(path) || IsRemote(directory)
            ? Full(Combine(directory, path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path))
            : Path.GetFullPath(path, directory);

    /// <summary>A file or directory in a directory.</summary>
    /// <param name="directory">Path of the directory.</param>
    /// <param name="name">Relative path; one that is not is taken as it is.</param>
    public static string Combine(string directory, string name) =>
        IsRemote(name) || Path.IsPathRooted(name) ? name
        : !IsRemote(directory) ? Path.Combine(directory, name)
        : directory.EndsWith('/') ? directory + name
        : $"{directory}/{name}";

    /// <summary>The directory that a path lies in.</summary>
    public static string DirectoryOf(string path) =>
        IsRemote(path)
            ? path[..Math.Max(path.LastIndexOf('/'), Scheme.Length)]
            : Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
}

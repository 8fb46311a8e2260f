namespace Bytemill.Pipeline;

/// <summary>Where a path leads.</summary>
public static class RealPath
{
    // As the kernel's own limit.
    private const int MostLinks = 40;

    /// <summary>A full path with all links followed, as far as it exists.</summary>
    /// <param name="path">A full path.</param>
    /// <returns>Empty where links lead round and round.</returns>
    public static string Of(string path) => Of(path, 0);

    private static string Of(string path, int links)
    {
        if (Path.GetDirectoryName(path) is not { } directory || links > MostLinks)
        {
            return links > MostLinks ? "" : path;
        }

        string parent = Of(directory, links);
        string whole = Path.Combine(parent, Path.GetFileName(path));
        return parent.Length > 0 && new FileInfo(whole).LinkTarget is { } target ? Of(Path.GetFullPath(target, parent), links + 1) : parent.Length > 0 ? whole : "";
    }
}

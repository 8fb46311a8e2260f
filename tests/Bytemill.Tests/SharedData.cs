namespace Bytemill.Tests;

/// <summary>Finds golden data that is too big or not licensed for the repository.</summary>
/// <remarks>Tests that need it call <c>Assert.Skip</c> when it is absent.</remarks>
internal static class SharedData
{
    /// <summary>Full path of a file or folder under <c>shared/golden</c>, or null when there is none.</summary>
    /// <param name="relative">Path below <c>shared/golden</c>, for example <c>parity-tiny.jsonl</c>.</param>
    /// <remarks>
    /// <c>shared</c> is looked for in every folder from the test assembly upwards;
    /// the environment variable <c>BYTEMILL_SHARED</c> names it directly and then nothing else is tried.
    /// </remarks>
    public static string? Find(string relative)
    {
        string? named = Environment.GetEnvironmentVariable("BYTEMILL_SHARED");
        if (!string.IsNullOrEmpty(named))
        {
            return Existing(named, relative);
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Existing(Path.Combine(folder.FullName, "shared"), relative) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static string? Existing(string shared, string relative)
    {
        string path = Path.GetFullPath(Path.Combine(shared, "golden", relative));
        return Path.Exists(path) ? path : null;
    }
}

namespace Bytemill.Tests;

/// <summary>Files of the repository that are used where they lie: scripts, configuration.</summary>
internal static class Repository
{
    /// <returns>Full path of a file or folder, looked for in every folder from the test assembly upwards.</returns>
    public static string Find(string relative)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, relative);
            if (Path.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new InvalidOperationException($"No {relative} above the tests.");
    }
}

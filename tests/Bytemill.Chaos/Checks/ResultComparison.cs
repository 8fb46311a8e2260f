using System.Text.Json.Nodes;

namespace Bytemill.Chaos;

/// <summary>Whether two output directories hold the same results and nothing else.</summary>
public static class ResultComparison
{
    private const string ManifestName = "manifest.json";

    /// <summary>What differs, a line for each; nothing when all is well.</summary>
    /// <param name="expected">Output of the undisturbed job.</param>
    /// <param name="actual">Output of the other.</param>
    /// <param name="mayGoBack">Whether the other had to do stages again: then its manifest says of more tasks and bytes than were needed.</param>
    public static IEnumerable<string> Differences(string expected, string actual, bool mayGoBack)
    {
        string[] names = NamesIn(expected);
        string[] found = NamesIn(actual);
        foreach (string name in names.Except(found, StringComparer.Ordinal))
        {
            yield return $"{name} is missing";
        }

        foreach (string name in found.Except(names, StringComparer.Ordinal))
        {
            yield return $"{name} is left over";
        }

        foreach (string name in names.Intersect(found, StringComparer.Ordinal))
        {
            string left = Path.Combine(expected, name);
            string right = Path.Combine(actual, name);
            bool isSame = name == ManifestName
                ? JsonNode.DeepEquals(ReadManifest(left, mayGoBack), ReadManifest(right, mayGoBack))
                : Directory.Exists(left) || File.ReadAllBytes(left).AsSpan().SequenceEqual(File.ReadAllBytes(right));
            if (!isSame)
            {
                yield return $"{name} differs from that of the undisturbed job";
            }
        }
    }

    // Directories too: of a lost attempt an empty one may be left.
    private static string[] NamesIn(string directory) =>
        Directory.Exists(directory)
            ? [.. Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(directory, path)).Order(StringComparer.Ordinal)]
            : [];

    private static JsonNode ReadManifest(string manifest, bool mayGoBack)
    {
        string[] ignored = mayGoBack ? ["seconds", "tasks", "written_bytes", "scratch_bytes"] : ["seconds"];
        JsonNode root = JsonNode.Parse(File.ReadAllBytes(manifest))!;
        foreach (JsonNode? phase in root["phases"]!.AsArray())
        {
            foreach (string name in ignored)
            {
                phase!.AsObject().Remove(name);
            }
        }

        return root;
    }
}

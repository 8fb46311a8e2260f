using System.Collections.Immutable;
using Microsoft.Extensions.FileSystemGlobbing;

namespace Bytemill.Corpus;

/// <summary>Turns what a user names (files, directories, globs) into a list of files.</summary>
public static class InputResolver
{
    /// <summary>Resolves patterns to files.</summary>
    /// <param name="patterns">Each a file, a directory (all <c>*.parquet</c> below it; where there are none, all JSON lines; where there are none
    /// either, all <c>*.txt</c>) or a glob: <c>*</c> matches within a
    /// name, <c>**</c> any number of directories. A path that exists is taken as it is, whatever characters it has. Relative
    /// ones start at the current directory; <c>~</c> is not expanded. In directories and where wildcards match, names that
    /// start with <c>_</c> or <c>.</c> are skipped (job leftovers, hidden files). Symbolic links are followed.</param>
    /// <returns>Absolute paths, distinct, sorted ordinally: independent of the order of the patterns and of the file
    /// system. Links are not resolved in the result, so a link and its target are two files.</returns>
    /// <exception cref="CorpusException">No pattern, a pattern without a match, or a directory that cannot be read.</exception>
    public static ImmutableArray<string> Resolve(IReadOnlyList<string> patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        if (patterns.Count == 0)
        {
            throw new CorpusException("No input given; name files of Parquet, JSON lines or text, directories or globs like 'data/*.parquet'.");
        }

        SortedSet<string> files = new(StringComparer.Ordinal);
        foreach (string pattern in patterns)
        {
            try
            {
                ResolveOne(pattern, files);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw new CorpusException($"Input '{pattern}': {error.Message}", error);
            }
        }

        return [.. files];
    }

    private static void ResolveOne(string pattern, SortedSet<string> files)
    {
        if (string.IsNullOrWhiteSpace(pattern))
        {
            throw new CorpusException("An input is an empty string; name a Parquet file, a directory or a glob.");
        }

        string full = Path.GetFullPath(pattern);
        if (File.Exists(full))
        {
            files.Add(full);
        }
        else if (Directory.Exists(full))
        {
            // Beside Parquet, files of lines are rather notes than corpus.
            if (Array.TrueForAll(Enum.GetValues<InputKind>(), kind => InputFormat.GlobsOf(kind).Sum(glob => AddMatches(full, glob, files)) == 0))
            {
                throw new CorpusException(
                    $"Input '{pattern}': no '*.parquet' file in or below directory '{full}', nor '*.jsonl' or '*.txt' (with '.gz' or '.zst'); "
                    + "names that start with '_' or '.' are skipped. Name the files themselves or give a glob.");
            }
        }
        else if (pattern.Contains('*', StringComparison.Ordinal))
        {
            (string directory, string glob) = SplitAtWildcard(full);
            if (!Directory.Exists(directory))
            {
                throw new CorpusException(
                    $"Input '{pattern}': nothing matches, since directory '{directory}' does not exist.{TildeHint(pattern)}");
            }

            if (AddMatches(directory, glob, files) == 0)
            {
                throw new CorpusException(
                    $"Input '{pattern}': nothing matches '{glob}' in directory '{directory}'; '*' matches within a name, "
                    + "'**' any directories, and names that start with '_' or '.' are skipped.");
            }
        }
        else
        {
            throw new CorpusException(
                $"Input '{pattern}': no such file or directory (looked for '{full}').{TildeHint(pattern)}");
        }
    }

    private static string TildeHint(string pattern) =>
        pattern.StartsWith('~') ? " '~' is not expanded; write the directory out." : "";

    private static int AddMatches(string directory, string glob, SortedSet<string> files)
    {
        Matcher matcher = new(StringComparison.Ordinal);
        matcher.AddInclude(glob);
        int count = 0;
        foreach (FilePatternMatch match in matcher.Execute(new SourceDirectory(new DirectoryInfo(directory))).Files)
        {
            files.Add(Path.GetFullPath(match.Path, directory));
            count++;
        }

        return count;
    }

    // '/data/2024/*/x.parquet' -> ('/data/2024', '*/x.parquet').
    private static (string Directory, string Glob) SplitAtWildcard(string full)
    {
        int star = full.IndexOf('*', StringComparison.Ordinal);
        int slash = full.AsSpan(0, star).LastIndexOfAny(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        string directory = full[..(slash + 1)];
        string trimmed = Path.TrimEndingDirectorySeparator(directory);
        return (trimmed, full[(slash + 1)..].Replace(Path.DirectorySeparatorChar, '/'));
    }
}

using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>Turns what a user names (files, directories, globs) into a list of files.</summary>
public static class InputResolver
{
    /// <summary>As <see cref="ResolveFiles"/>, without the weights.</summary>
    /// <inheritdoc cref="ResolveFiles"/>
    public static ImmutableArray<string> Resolve(IReadOnlyList<string> inputs) => [.. ResolveFiles(inputs).Select(file => file.Path)];

    /// <summary>Resolves inputs to files.</summary>
    /// <param name="inputs">Each as <see cref="InputExpression"/> says: a file, a directory (all <c>*.parquet</c> below it; where there are none, all
    /// JSON lines; where there are none either, all <c>*.txt</c>) or a glob: <c>*</c> matches within a name, <c>**</c> any number of directories;
    /// with a weight behind it, or a file that lists such inputs. A path that exists is taken as it is, whatever characters it has. Relative
    /// ones start at the current directory, in a list at the list's; <c>~</c> is not expanded. In directories and where wildcards match, names that
    /// start with <c>_</c> or <c>.</c> are skipped (job leftovers, hidden files). Symbolic links are followed.</param>
    /// <param name="datasetSplit">Of directories, only files of this split, which are Hugging Face datasets; with the config in front of it where there are several
    /// (<c>en/train</c>). Null for all.</param>
    /// <returns>Absolute paths, distinct, sorted ordinally: independent of the order of the inputs and of the file
    /// system. Links are not resolved in the result, so a link and its target are two files.</returns>
    /// <exception cref="CorpusException">No input, an input without a match, a directory or list that cannot be read, a file with two weights.</exception>
    public static ImmutableArray<InputFile> ResolveFiles(IReadOnlyList<string> inputs, string? datasetSplit = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count == 0)
        {
            throw new CorpusException("No input given; name files of Parquet, JSON lines or text, directories or globs like 'data/*.parquet'.");
        }

        SortedDictionary<string, int> files = new(StringComparer.Ordinal);
        foreach (string input in inputs)
        {
            InputExpression expression = InputExpression.Parse(input);
            if (expression.IsList)
            {
                ResolveList(expression, datasetSplit, files);
            }
            else
            {
                Add(expression, input, datasetSplit, files);
            }
        }

        return [.. files.Select(file => new InputFile(file.Key, file.Value))];
    }

    private static void ResolveList(InputExpression list, string? datasetSplit, SortedDictionary<string, int> files)
    {
        string path = StorePath.Full(list.Pattern);
        string[] lines;
        try
        {
            lines = Stores.ReadAllText(path).Split('\n');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"Input '{list}': the list of inputs cannot be read: {error.Message}", error);
        }

        int entries = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            entries++;
            if (line[0] == '@')
            {
                throw new CorpusException($"Input '{list}', line {i + 1}: a list cannot name another list; found '{line}'.");
            }

            InputExpression entry = InputExpression.Parse(StorePath.Full(line, StorePath.DirectoryOf(path)));
            Add(entry with { Weight = entry.Weight ?? list.Weight }, FormattableString.Invariant($"{list}, line {i + 1}: {line}"), datasetSplit, files);
        }

        if (entries == 0)
        {
            throw new CorpusException($"Input '{list}': the list names no input. Write a file, directory or glob into each line; '#' begins a comment.");
        }
    }

    private static void Add(InputExpression expression, string name, string? datasetSplit, SortedDictionary<string, int> files)
    {
        SortedSet<string> matches = new(StringComparer.Ordinal);
        try
        {
            ResolveOne(expression.Pattern, datasetSplit, matches);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CorpusException($"Input '{name}': {error.Message}", error);
        }

        int weight = expression.Weight ?? 1;
        foreach (string path in matches)
        {
            if (!files.TryAdd(path, weight) && files[path] != weight)
            {
                throw new CorpusException(
                    $"Input '{name}': {path} is named with the weights {files[path]} and {weight}. Name it once, or with the same weight.");
            }
        }
    }

    private static void ResolveOne(string pattern, string? datasetSplit, SortedSet<string> files)
    {
        string full = StorePath.Full(pattern);
        IStore store = Stores.Of(full);
        if (datasetSplit is not null)
        {
            AddDataset(pattern, store, full, datasetSplit, files);
        }
        else if (store.Find(full) is not null)
        {
            files.Add(full);
        }
        else if (store.HasDirectory(full))
        {
            string[] found = FilesOf(store, full);
            files.UnionWith(found);
            if (found.Length == 0)
            {
                throw new CorpusException(
                    $"Input '{pattern}': no '*.parquet' file in or below directory '{full}', nor '*.jsonl' or '*.txt' (with '.gz' or '.zst'); "
                    + "names that start with '_' or '.' are skipped. Name the files themselves or give a glob.");
            }
        }
        else if (pattern.Contains('*', StringComparison.Ordinal))
        {
            (string directory, string glob) = SplitAtWildcard(full);
            if (!store.HasDirectory(directory))
            {
                throw new CorpusException(
                    $"Input '{pattern}': nothing matches, since directory '{directory}' does not exist.{TildeHint(pattern)}");
            }

            files.UnionWith(store.Match(directory, glob));
            if (files.Count == 0)
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

    private static void AddDataset(string pattern, IStore store, string directory, string split, SortedSet<string> files)
    {
        if (!store.HasDirectory(directory))
        {
            throw new CorpusException($"Input '{pattern}': --hf-split is for directories of Hugging Face datasets; there is none at '{directory}'.");
        }

        SortedSet<string> all = new(store.Match(directory, InputFormat.Globs), StringComparer.Ordinal);
        string[] relative = [.. all.Select(path => StorePath.IsRemote(path) ? path[(directory.TrimEnd('/').Length + 1)..] : Path.GetRelativePath(directory, path).Replace(Path.DirectorySeparatorChar, '/'))];
        foreach (string file in DatasetDirectory.FilesOf(directory, relative, split))
        {
            files.Add(StorePath.Full(file, directory));
        }
    }

    private static string TildeHint(string pattern) =>
        pattern.StartsWith('~') ? " '~' is not expanded; write the directory out." : "";

    /// <summary>The files that a directory stands for. Beside Parquet, files of lines are rather notes than corpus, and text beside JSON lines.</summary>
    internal static string[] FilesOf(IStore store, string directory) =>
        store.Match(directory, InputFormat.Globs).GroupBy(path => InputFormat.Of(path).Kind).MinBy(files => files.Key)?.ToArray() ?? [];

    // '/data/2024/*/x.parquet' -> ('/data/2024', '*/x.parquet').
    private static (string Directory, string Glob) SplitAtWildcard(string full)
    {
        int star = full.IndexOf('*', StringComparison.Ordinal);
        int slash = full.AsSpan(0, star).LastIndexOfAny(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        string directory = full[..(slash + 1)];
        string glob = full[(slash + 1)..];
        return StorePath.IsRemote(full)
            ? (directory.TrimEnd('/'), glob)
            : (Path.TrimEndingDirectorySeparator(directory), glob.Replace(Path.DirectorySeparatorChar, '/'));
    }
}

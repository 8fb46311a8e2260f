using Microsoft.Extensions.FileSystemGlobbing;

namespace Bytemill.Corpus;

/// <summary>A directory as Hugging Face <c>datasets</c> lays it out: files of one split are taken, as the card says or their names tell.</summary>
internal static class DatasetDirectory
{
    /// <summary>The files of one split.</summary>
    /// <param name="directory">The dataset's.</param>
    /// <param name="files">Files in it that can be read, as paths below it with <c>/</c>.</param>
    /// <param name="name">The split, with the config in front where the card has several: <c>en/train</c>.</param>
    /// <exception cref="CorpusException">There is none of that name, or the card cannot be read.</exception>
    public static IReadOnlyList<string> FilesOf(string directory, IReadOnlyList<string> files, string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        string split = name[(slash + 1)..];
        DatasetConfig? config = ConfigOf(directory, slash < 0 ? null : name[..slash]);
        IReadOnlyList<string> found = config is { Patterns.Count: > 0 }
            ? Match(directory, files, config, split)
            : Choose(DatasetSplits.Of(Below(files, config?.Directory ?? "")), directory, split);
        return found.Count > 0 ? found : throw new CorpusException($"Input '{directory}': no file matches what {directory}/README.md says of split '{split}'. Name the files themselves.");
    }

    private static DatasetConfig? ConfigOf(string directory, string? name)
    {
        IReadOnlyList<DatasetConfig> configs = DatasetConfig.ReadAll(directory);
        if (name is null && configs.Count == 0)
        {
            return null;
        }

        DatasetConfig? found = name is not null ? configs.FirstOrDefault(config => config.Name == name)
            : configs.Count == 1 ? configs[0]
            : configs.FirstOrDefault(config => config.IsDefault);
        return found ?? throw new CorpusException(configs.Count == 0
            ? $"Input '{directory}': there is no README.md with configs, so --hf-split takes a split alone; found '{name}' in front of it."
            : $"Input '{directory}': {(name is null ? "its README.md has several configs and no default" : $"its README.md has no config '{name}'")}. Say which with --hf-split CONFIG/SPLIT: {string.Join(", ", configs.Select(config => config.Name))}.");
    }

    private static IReadOnlyList<string> Match(string directory, IReadOnlyList<string> files, DatasetConfig config, string split)
    {
        if (!config.Patterns.TryGetValue(split, out string[]? patterns) && !config.Patterns.TryGetValue(DatasetSplits.Canonical(split), out patterns))
        {
            throw NoSplit(directory, split, config.Patterns.Keys);
        }

        if (Array.Find(patterns, pattern => pattern.AsSpan().IndexOfAny('?', '[') >= 0 || pattern.Contains("://", StringComparison.Ordinal)) is { } other)
        {
            throw new CorpusException($"Input '{directory}': its README.md names files by '{other}'; only '*' and '**' are understood. Name the files themselves.");
        }

        var matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddIncludePatterns(patterns.Select(pattern => config.Directory.Length == 0 ? pattern : $"{config.Directory}/{pattern}"));
        return [.. matcher.Match(files).Files.Select(match => match.Path)];
    }

    private static IReadOnlyList<string> Choose(ILookup<string, string> splits, string directory, string split)
    {
        string name = splits.Contains(split) ? split : DatasetSplits.Canonical(split);
        return splits.Contains(name) ? [.. splits[name]] : throw NoSplit(directory, split, splits.Select(group => group.Key));
    }

    private static string[] Below(IReadOnlyList<string> files, string part) =>
        part.Length == 0 ? [.. files] : [.. files.Where(file => file.StartsWith(part + "/", StringComparison.Ordinal))];

    private static CorpusException NoSplit(string directory, string split, IEnumerable<string> splits) =>
        new($"Input '{directory}': the dataset has no split '{split}' (--hf-split); it has {string.Join(", ", splits)}.");
}

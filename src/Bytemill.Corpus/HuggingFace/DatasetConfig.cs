using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Bytemill.Corpus;

/// <summary>One of the <c>configs</c> of a dataset card: which files are which split.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsDefault">Whether it is meant where none is named.</param>
/// <param name="Directory">Directory that it is about, below the dataset's; empty for all of it.</param>
/// <param name="Patterns">Globs below the dataset's directory by split; empty where names of files tell.</param>
internal sealed record DatasetConfig(string Name, bool IsDefault, string Directory, IReadOnlyDictionary<string, string[]> Patterns)
{
    private const string CardName = "README.md";
    private const string Fence = "---";
    private const string Whole = "train";

    /// <summary>The configs of the card in a directory; none where there is no card, or it has none.</summary>
    /// <exception cref="CorpusException">The card cannot be read.</exception>
    public static IReadOnlyList<DatasetConfig> ReadAll(string directory)
    {
        string path = StorePath.Combine(directory, CardName);
        if (!Stores.HasFile(path))
        {
            return [];
        }

        string[] lines = Stores.ReadAllText(path).Split('\n');
        int end = lines.Length > 0 && lines[0].TrimEnd() == Fence ? Array.FindIndex(lines, 1, line => line.TrimEnd() == Fence) : -1;
        if (end < 0)
        {
            return [];
        }

        try
        {
            var front = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object?>?>(string.Join('\n', lines[1..end]));
            return [.. (front?.GetValueOrDefault("configs") as List<object?> ?? []).OfType<Dictionary<object, object?>>().Select(config => Read(config, path))];
        }
        catch (YamlException e)
        {
            throw new CorpusException($"{path}: the YAML of the dataset card cannot be read: {e.Message} Mend it, or name the files themselves.", e);
        }
    }

    private static DatasetConfig Read(Dictionary<object, object?> config, string path)
    {
        string name = config.GetValueOrDefault("config_name") as string ?? "default";
        var patterns = new Dictionary<string, string[]>(StringComparer.Ordinal);
        switch (config.GetValueOrDefault("data_files"))
        {
            case string pattern:
                patterns.Add(Whole, [pattern]);
                break;
            case List<object?> list when list.TrueForAll(entry => entry is string):
                patterns.Add(Whole, [.. list.Cast<string>()]);
                break;
            case List<object?> list when list.TrueForAll(entry => entry is Dictionary<object, object?>):
                foreach (Dictionary<object, object?> entry in list.Cast<Dictionary<object, object?>>())
                {
                    string split = entry.GetValueOrDefault("split") as string ?? throw Fault("an entry has no 'split'");
                    if (!patterns.TryAdd(split, Paths(entry.GetValueOrDefault("path")) ?? throw Fault($"split '{split}' has no 'path'")))
                    {
                        throw Fault($"split '{split}' comes twice");
                    }
                }

                break;
            case null:
                break;
            default:
                throw Fault("they are neither a path, nor paths, nor splits with paths");
        }

        return new DatasetConfig(name, config.GetValueOrDefault("default") is "true" || name == "default", (config.GetValueOrDefault("data_dir") as string ?? "").Trim('/'), patterns);

        CorpusException Fault(string what) => new($"{path}: the data_files of config '{name}' cannot be read: {what}. Mend the card, or name the files themselves.");
    }

    private static string[]? Paths(object? value) => value switch
    {
        string path => [path],
        List<object?> paths when paths.TrueForAll(path => path is string) => [.. paths.Cast<string>()],
        _ => null,
    };
}

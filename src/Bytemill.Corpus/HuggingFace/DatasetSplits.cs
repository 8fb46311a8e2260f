using System.Text.RegularExpressions;

namespace Bytemill.Corpus;

/// <summary>Which files of a dataset belong to which split by their names alone, as Hugging Face <c>datasets</c> has it (<c>data_files.py</c>).</summary>
internal static partial class DatasetSplits
{
    private const string Whole = "train";
    private const string Separators = "[-._ 0-9]";

    private static readonly (string Split, string Keywords)[] s_keywords =
    [
        ("train", "train|training"),
        ("validation", "validation|valid|dev|val"),
        ("test", "test|testing|eval|evaluation"),
    ];

    /// <summary>The splits of a dataset.</summary>
    /// <param name="files">Paths below its directory, with <c>/</c>.</param>
    /// <returns>Files by split; the first of these rules that any file keeps to holds for all: shards in <c>data/</c>, names of directories, names of files,
    /// and all files as <c>train</c>.</returns>
    public static ILookup<string, string> Of(IReadOnlyList<string> files)
    {
        ILookup<string, string> shards = files.Select(file => (file, Match: Shard().Match(file))).Where(shard => shard.Match.Success)
            .ToLookup(shard => shard.Match.Groups["split"].Value, shard => shard.file, StringComparer.Ordinal);
        if (shards.Count > 0)
        {
            return shards;
        }

        ILookup<string, string> byDirectory = ByKeyword(files, keywords => $"(^|/)([^/]*{Separators})?({keywords})({Separators}[^/]*)?/");
        if (byDirectory.Count > 0)
        {
            return byDirectory;
        }

        ILookup<string, string> byName = ByKeyword(files, keywords => $"(^|/)([^/]*{Separators})?({keywords}){Separators}[^/]*$");
        return byName.Count > 0 ? byName : files.ToLookup(_ => Whole, StringComparer.Ordinal);
    }

    /// <summary>The split that a name stands for.</summary>
    public static string Canonical(string name) =>
        s_keywords.FirstOrDefault(entry => entry.Keywords.Split('|').Contains(name, StringComparer.Ordinal)).Split ?? name;

    private static ILookup<string, string> ByKeyword(IReadOnlyList<string> files, Func<string, string> pattern) =>
        s_keywords.SelectMany(entry => files.Where(file => Regex.IsMatch(file, pattern(entry.Keywords), RegexOptions.CultureInvariant)), (entry, file) => (entry.Split, file))
            .ToLookup(entry => entry.Split, entry => entry.file, StringComparer.Ordinal);

    [GeneratedRegex("^data/(?<split>[^/]+)-[0-9]{5}-of-[0-9]{5}[^/]*\\.[^/]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Shard();
}

using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Bytemill.Pipeline;

/// <summary>
/// The text of a <c>README.md</c> that two write: the job some entries of the YAML at its beginning and what stands between two marks, people the rest. What people
/// wrote stays to the letter.
/// </summary>
internal static class CardText
{
    private const string Fence = "---";
    private const string FirstMark = "<!-- bytemill: what follows, to the second mark, is written anew by each job; write before or after it -->";
    private const string LastMark = "<!-- bytemill: the second mark -->";

    /// <summary>Puts the job's part into a text.</summary>
    /// <param name="present">The text that is there; <c>null</c> for none.</param>
    /// <param name="entries">The job's entries, each by its key as whole lines of YAML: in place of those that are there, else behind all.</param>
    /// <param name="initial">Entries of a new text, which are people's from then on.</param>
    /// <param name="section">The job's part of the body, as whole lines. Of a text without its marks people have removed it, and it stays away.</param>
    public static string Merge(string? present, IReadOnlyDictionary<string, string> entries, IReadOnlyDictionary<string, string> initial, string section)
    {
        string marked = $"{FirstMark}\n{section}{LastMark}\n";
        if (present is null)
        {
            return Join(entries.Concat(initial), $"\n{marked}");
        }

        (List<KeyValuePair<string, string>> front, string body) = Split(present);
        foreach ((string key, string lines) in entries)
        {
            int place = front.FindIndex(entry => entry.Key == key);
            if (place < 0)
            {
                front.Add(KeyValuePair.Create(key, lines));
            }
            else
            {
                front[place] = KeyValuePair.Create(key, lines + CommentsBehind(front[place].Value));
            }
        }

        return WithEndings(present, Join(front, FindSection(body) is { } found ? body[..found.Start] + marked + body[found.End..] : body));
    }

    /// <summary>Takes the job's part out of a text.</summary>
    /// <param name="present">The text.</param>
    /// <param name="keys">Keys of the job's entries.</param>
    /// <param name="initial">As for <see cref="Merge"/>: gone as well where nobody has changed them.</param>
    /// <returns>What people wrote; <c>null</c> for nothing.</returns>
    public static string? Without(string present, IEnumerable<string> keys, IReadOnlyDictionary<string, string> initial)
    {
        (List<KeyValuePair<string, string>> front, string body) = Split(present);
        KeyValuePair<string, string>[] left =
        [
            .. front.Select(entry => keys.Contains(entry.Key) ? KeyValuePair.Create("", CommentsBehind(entry.Value)) : entry)
                .Where(entry => entry.Value.Length > 0 && initial.GetValueOrDefault(entry.Key) != entry.Value),
        ];
        body = FindSection(body) is { } found ? body[..found.Start] + body[found.End..] : body;
        return Array.TrueForAll(left, entry => string.IsNullOrWhiteSpace(entry.Value)) && string.IsNullOrWhiteSpace(body) ? null
            : WithEndings(present, left.Length == 0 ? body.TrimStart('\n') : Join(left, body));
    }

    private static string Join(IEnumerable<KeyValuePair<string, string>> front, string body) =>
        $"{Fence}\n{string.Concat(front.Select(entry => entry.Value))}{Fence}\n{body}";

    // Entries by their keys, one with the lines before all under an empty one. Where there is no YAML that can be cut at its keys, all is body.
    private static (List<KeyValuePair<string, string>> Front, string Body) Split(string text)
    {
        string[] lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        int end = lines[0].TrimEnd() == Fence ? Array.FindIndex(lines, 1, line => line.TrimEnd() == Fence) : -1;
        string[] front = end < 0 ? [] : lines[1..end];
        if (end < 0 || KeysOf(front) is not { } keys)
        {
            return ([], "\n" + string.Join('\n', lines));
        }

        var entries = new List<KeyValuePair<string, string>>();
        (string Key, int Line)[] starts = [("", 0), .. keys];
        for (int i = 0; i < starts.Length; i++)
        {
            int next = i + 1 < starts.Length ? starts[i + 1].Line : front.Length;
            if (next > starts[i].Line)
            {
                entries.Add(KeyValuePair.Create(starts[i].Key, string.Concat(front[starts[i].Line..next].Select(line => line + "\n"))));
            }
        }

        return (entries, string.Join('\n', lines[(end + 1)..]));
    }

    // With their lines; null for YAML that is no mapping in block style from the first column on, or none at all.
    private static (string Key, int Line)[]? KeysOf(string[] front)
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(string.Join('\n', front)));
        }
        catch (YamlException)
        {
            return null;
        }

        if (yaml.Documents.Count == 0)
        {
            return [];
        }

        if (yaml.Documents is not [{ RootNode: YamlMappingNode root }])
        {
            return null;
        }

        YamlScalarNode[] keys = [.. root.Children.Keys.OfType<YamlScalarNode>()];
        return keys.Length == root.Children.Count && Array.TrueForAll(keys, key => key.Start.Column == 1)
            ? [.. keys.Select(key => (key.Value ?? "", checked((int)key.Start.Line - 1))).OrderBy(key => key.Item2)]
            : null;
    }

    // Those at the end of an entry are rather of the next one.
    private static string CommentsBehind(string entry)
    {
        string[] lines = entry.Split('\n')[..^1];
        int last = Array.FindLastIndex(lines, line => line.Length > 0 && line[0] != '#');
        return string.Concat(lines[(last + 1)..].Select(line => line + "\n"));
    }

    private static (int Start, int End)? FindSection(string body)
    {
        int start = body.IndexOf(FirstMark, StringComparison.Ordinal);
        int end = start < 0 ? -1 : body.IndexOf(LastMark, start, StringComparison.Ordinal);
        return end < 0 ? null : (start, Math.Min(body.Length, end + LastMark.Length + 1));
    }

    private static string WithEndings(string present, string text) =>
        present.Contains("\r\n", StringComparison.Ordinal) ? text.ReplaceLineEndings("\r\n") : text;
}

using System.Collections.Immutable;
using System.Text.Json;

namespace Bytemill.Corpus;

/// <summary>What the first lines of a file say about its columns.</summary>
/// <param name="Columns">Properties of the first objects, in order of appearance.</param>
internal sealed record LineColumns(ImmutableArray<ColumnInfo> Columns)
{
    // Of JSON lines, looked at until the text is found.
    private const int MostLines = 1000;

    /// <exception cref="CorpusException">The first lines are no JSON objects, or none of them has the text.</exception>
    public static LineColumns Find(string path, InputFormat format, SourceOptions options, long length)
    {
        if (format.Kind != InputKind.JsonLines)
        {
            return options.Keep is [var name, ..]
                ? throw new CorpusException($"{path}: no column '{name}' to keep: the lines of a text file have no columns. Keep none (--keep '').")
                : new LineColumns([]);
        }

        using LineReader lines = new(path, LineFile.OpenContent(path, format, 0, end: 1), 0, long.MaxValue);
        using JsonLineParser parser = new(options, []);
        SortedDictionary<string, (int Order, string Type)> found = new(StringComparer.Ordinal);
        bool hasText = length == 0;
        bool isEmpty = true;
        for (int i = 0; i < MostLines && !hasText && lines.TryRead(out ReadOnlySpan<byte> line); i++)
        {
            if (JsonLineParser.IsBlank(line))
            {
                continue;
            }

            isEmpty = false;
            if (parser.Parse(line) is { } fault)
            {
                if (options.OnError == InputErrorHandling.Skip)
                {
                    continue;
                }

                throw new CorpusException($"{path}: line {lines.Lines}: {fault}");
            }

            hasText = parser.HasText;
            foreach ((string name, string type) in DescribeProperties(line))
            {
                found.TryAdd(name, (found.Count, type));
            }
        }

        if (!hasText && !isEmpty)
        {
            throw new CorpusException(
                $"{path}: no property '{options.TextColumn}' in the first {lines.Lines} lines; found {ColumnErrors.Quote(found.Keys)}. Choose one with "
                + $"--text-column; properties of strings here: {ColumnErrors.Quote(found.Where(entry => entry.Value.Type == "string").Select(entry => entry.Key))}.");
        }

        return new LineColumns(
            [.. found.OrderBy(entry => entry.Value.Order).Select(entry => new ColumnInfo(entry.Key, entry.Value.Type, IsNullable: true, !TokenColumns.IsTaken(entry.Key)))]);
    }

    private static List<(string Name, string Type)> DescribeProperties(ReadOnlySpan<byte> line)
    {
        List<(string Name, string Type)> properties = [];
        Utf8JsonReader reader = new(line);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            properties.Add((name, JsonLineParser.Describe(reader.TokenType)));
            reader.Skip();
        }

        return properties;
    }
}

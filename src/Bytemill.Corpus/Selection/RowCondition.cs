using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>Which rows to take: comparisons that must all hold, as <c>lang in (zh, ja) and score >= 0.5</c>.</summary>
public sealed class RowCondition
{
    private RowCondition(string text, ImmutableArray<Comparison> comparisons) => (Text, Comparisons) = (text, comparisons);

    /// <summary>As the user wrote it.</summary>
    public string Text { get; }

    internal ImmutableArray<Comparison> Comparisons { get; }

    /// <summary>Reads a condition.</summary>
    /// <exception cref="CorpusException">It cannot be read; says where.</exception>
    public static RowCondition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new RowCondition(text, new ConditionParser(text).Parse());
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Whether the directories that a file lies in rule out that any of its rows meets the condition.</summary>
    /// <param name="path">Absolute path of the file.</param>
    public bool RulesOut(string path) => After(path) is null;

    /// <summary>What remains to be asked of a file's own columns, when its directories answer for theirs.</summary>
    /// <param name="path">Absolute path of the file.</param>
    /// <returns>The rest, perhaps empty; null when no row of the file can match.</returns>
    internal ImmutableArray<Comparison>? After(string path)
    {
        Dictionary<string, string?> directories = HivePath.ColumnsOf(path).ToDictionary(StringComparer.Ordinal);
        var rest = ImmutableArray.CreateBuilder<Comparison>();
        foreach (Comparison comparison in Comparisons)
        {
            if (!directories.TryGetValue(comparison.Column, out string? value))
            {
                rest.Add(comparison);
            }
            else if (value is null || !comparison.MatchesUntyped(value))
            {
                return null;
            }
        }

        return rest.ToImmutable();
    }
}

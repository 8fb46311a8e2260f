using System.Globalization;

namespace Bytemill.Corpus;

/// <summary>Consecutive rows of a group.</summary>
/// <param name="First">0-based index of the first.</param>
/// <param name="Count">How many, at least 1.</param>
public readonly record struct RowRange(long First, long Count)
{
    /// <summary>Index after the last one.</summary>
    public long End => First + Count;

    /// <summary>Reads what <see cref="ToString"/> gave.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static RowRange Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        long first = Number(dash < 0 ? text : text[..dash]);
        return new RowRange(first, dash < 0 ? 1 : Number(text[(dash + 1)..]) - first + 1);
    }

    private static long Number(string digits) => long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() =>
        Count == 1 ? FormattableString.Invariant($"{First}") : FormattableString.Invariant($"{First}-{End - 1}");
}

using System.Collections.Immutable;
using System.Globalization;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>Reads lists as the command line writes them.</summary>
internal static class OptionLists
{
    /// <summary>Vocabulary sizes, <c>32000</c> or <c>6000,2500</c>.</summary>
    public static ImmutableArray<int> ReadSizes(string text)
    {
        var sizes = ImmutableArray.CreateBuilder<int>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(part, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out int size))
            {
                throw new JobInputException($"--vocab-size takes whole numbers, one or several joined by commas; found '{text}'.");
            }

            sizes.Add(size);
        }

        return sizes.ToImmutable();
    }

    /// <summary>Column names joined by commas; the empty text keeps none, <c>null</c> all.</summary>
    public static ImmutableArray<string>? ReadColumns(string? text) =>
        text is null ? null : [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}

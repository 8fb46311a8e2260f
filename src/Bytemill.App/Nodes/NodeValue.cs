using System.Collections.Immutable;
using System.Globalization;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>What a file or a variable says of one key.</summary>
/// <param name="Items">One text, or the items of a list.</param>
/// <param name="Where">Names file and key, or the variable, in messages.</param>
internal readonly record struct NodeValue(ImmutableArray<string> Items, string Where)
{
    public string Text => Items.Length == 1 && Items[0].Length > 0 ? Items[0] : throw Wrong("one value");

    public int Number =>
        int.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : throw Wrong("a whole number");

    public bool Switch => Text switch
    {
        "on" or "true" or "yes" => true,
        "off" or "false" or "no" => false,
        _ => throw Wrong("on or off"),
    };

    /// <returns>What to throw if the value is not as it must be.</returns>
    public JobInputException Wrong(string expected) => new($"{Where} must be {expected}; found '{string.Join(", ", Items)}'.");
}

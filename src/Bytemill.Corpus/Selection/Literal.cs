using System.Globalization;
using System.Text;

namespace Bytemill.Corpus;

/// <summary>A value in a condition: a string, a number or a truth value.</summary>
internal sealed class Literal
{
    private Literal(string text, decimal? number, bool? truth, bool isQuoted)
    {
        (Text, Bytes, Number, Truth, IsQuoted) = (text, Encoding.UTF8.GetBytes(text), number, truth, isQuoted);
    }

    public string Text { get; }

    public byte[] Bytes { get; }

    /// <summary>Null for what is no number, or stands in quotes.</summary>
    public decimal? Number { get; }

    public bool? Truth { get; }

    public bool IsQuoted { get; }

    /// <summary>Whether it can only be meant as a string.</summary>
    public bool IsString => Number is null && Truth is null;

    public static Literal Quoted(string text) => new(text, null, null, isQuoted: true);

    public static Literal Bare(string text) => new(
        text,
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : null,
        text switch { "true" => true, "false" => false, _ => null },
        isQuoted: false);
}

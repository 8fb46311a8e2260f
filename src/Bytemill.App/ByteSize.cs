using System.Buffers;
using System.ComponentModel;
using System.Globalization;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>A number of bytes as the command line writes it: <c>512MB</c>, <c>2GiB</c>, <c>1.5GB</c>, <c>50TB</c>, <c>1000</c>.</summary>
/// <remarks>MB = 10⁶ and MiB = 2²⁰ bytes, as everywhere in this program; <c>B</c> may be left out (<c>2G</c> is 2 GB), case does not matter.</remarks>
[TypeConverter(typeof(ByteSizeConverter))]
internal readonly record struct ByteSize(long Bytes)
{
    private const string Prefixes = "KMGTP";
    private static readonly SearchValues<char> s_number = SearchValues.Create("0123456789.");

    /// <summary>Reads a size.</summary>
    /// <param name="text">Digits, at most one decimal point, a unit; spaces around the unit are let through.</param>
    /// <param name="size">Rounded down to whole bytes.</param>
    /// <returns>False for anything else, for negative numbers and for 2⁶³ bytes and more.</returns>
    public static bool TryParse(string? text, out ByteSize size)
    {
        size = default;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        int digits = rest.IndexOfAnyExcept(s_number);
        ReadOnlySpan<char> number = digits < 0 ? rest : rest[..digits];
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            || FactorOf(digits < 0 ? default : rest[digits..].TrimStart()) is not { } factor)
        {
            return false;
        }

        // Compared before it is multiplied: a decimal overflows by an exception.
        if (value >= (decimal)long.MaxValue / factor)
        {
            return false;
        }

        size = new ByteSize((long)(value * factor));
        return true;
    }

    /// <summary>Reads a size or says what one looks like.</summary>
    /// <param name="text">As for <see cref="TryParse"/>.</param>
    /// <param name="option">Named in the message, for example <c>--memory</c>.</param>
    /// <exception cref="JobInputException">It is no size.</exception>
    public static ByteSize Parse(string? text, string option) =>
        TryParse(text, out ByteSize size) ? size : throw new JobInputException($"{option} takes {Expected(text)}");

    /// <summary>The size in the unit that fits, rounded.</summary>
    public override string ToString() => Units.Bytes(Bytes);

    internal static string Expected(string? found) => $"a number of bytes such as 512MB, 2GiB or 1.5TB; found '{found}'.";

    private static long? FactorOf(ReadOnlySpan<char> unit)
    {
        if (unit.IsEmpty || unit.Equals("B", StringComparison.OrdinalIgnoreCase))
        {
            return 1;
        }

        int power = Prefixes.IndexOf(char.ToUpperInvariant(unit[0]), StringComparison.Ordinal) + 1;
        ReadOnlySpan<char> suffix = unit[1..];
        bool isBinary = suffix.Equals("i", StringComparison.OrdinalIgnoreCase) || suffix.Equals("iB", StringComparison.OrdinalIgnoreCase);
        if (power == 0 || !(isBinary || suffix.IsEmpty || suffix.Equals("B", StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        long factor = 1;
        for (int i = 0; i < power; i++)
        {
            factor *= isBinary ? 1024 : 1000;
        }

        return factor;
    }
}

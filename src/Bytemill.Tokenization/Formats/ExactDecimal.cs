using System.Globalization;

namespace Bytemill.Tokenization;

/// <summary>Decimal forms of doubles that quick parsers read exactly too.</summary>
/// <remarks>
/// The parser of Hugging Face's library (serde_json without float_roundtrip) takes the digits as a 64-bit number, rounds it
/// to a double and divides by a power of ten: for 17 digits that is often off by one in the last place, which decides ties.
/// With a whole number that is a double itself over a power of ten up to 22, each parser rounds once and gives the same.
/// </remarks>
internal static class ExactDecimal
{
    // Digits behind the point. Beyond 19 the numbers of these models do not fit into 64 bits; 10^22 is the last exact power.
    private const int MostDecimals = 22;
    private const double TwoTo64 = 18446744073709551616.0;

    private static readonly double[] s_powers =
    [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>The shortest form that gives <paramref name="value"/> back, or a longer one if quick parsers need it.</summary>
    /// <param name="value">Finite, −2⁶³ to 0.</param>
    public static string Format(double value)
    {
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        if (shortest.Contains('E', StringComparison.Ordinal) || ReadQuickly(shortest) == value)
        {
            return shortest;
        }

        for (int decimals = MostDecimals; decimals >= 0; decimals--)
        {
            double scaled = Math.Round(-value * s_powers[decimals]);
            if (scaled >= TwoTo64 || scaled < 1)
            {
                continue;
            }

            foreach (double whole in (ReadOnlySpan<double>)[scaled, Math.BitIncrement(scaled), Math.BitDecrement(scaled)])
            {
                // Both are doubles without error, so this is the double nearest to the decimal number.
                if (whole < TwoTo64 && -whole / s_powers[decimals] == value)
                {
                    return Place((ulong)whole, decimals);
                }
            }
        }

        return shortest;
    }

    /// <summary>What a parser reads that rounds the digits first and then divides.</summary>
    internal static double ReadQuickly(string text)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        string digits = text.TrimStart('-').Replace(".", "", StringComparison.Ordinal);
        double magnitude = ulong.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture)
            / s_powers[point < 0 ? 0 : text.Length - point - 1];
        return text[0] == '-' ? -magnitude : magnitude;
    }

    private static string Place(ulong whole, int decimals)
    {
        string digits = whole.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        return decimals == 0 ? "-" + digits : $"-{digits[..^decimals]}.{digits[^decimals..]}";
    }
}

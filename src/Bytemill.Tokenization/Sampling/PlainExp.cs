namespace Bytemill.Tokenization;

/// <summary>
/// The exponential by additions, multiplications and roundings of doubles only, so that it has the same bits on every platform.
/// </summary>
/// <remarks>
/// x = k ln 2 + r with |r| ≤ 0.35: k · (high part of ln 2) is exact for |k| below 2²⁰, and the series of eʳ is cut after r¹³,
/// whose next term is below 2⁻⁵⁷. The relative error of the result is below 2⁻⁵⁰. The compiler of .NET does not contract a
/// product and a sum into one rounding.
/// </remarks>
internal static class PlainExp
{
    /// <summary>Largest |x|.</summary>
    public const double Limit = 500_000;

    private const double InverseLn2 = 1.4426950408889634;

    // ln 2 in two parts; the first has 21 zero bits at its end (fdlibm, e_exp.c).
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;

    private static readonly double[] s_inverseFactorials = CreateInverseFactorials();

    /// <summary>eˣ = result · 2^<paramref name="exponent"/>, with a result in (0.7, 1.42).</summary>
    /// <param name="x">At most <see cref="Limit"/> in magnitude.</param>
    /// <param name="exponent">Power of two.</param>
    public static double Split(double x, out int exponent)
    {
        double k = Math.Round(x * InverseLn2);
        exponent = (int)k;
        double r = (x - (k * Ln2High)) - (k * Ln2Low);
        double sum = s_inverseFactorials[^1];
        for (int i = s_inverseFactorials.Length - 2; i >= 0; i--)
        {
            sum = (sum * r) + s_inverseFactorials[i];
        }

        return sum;
    }

    private static double[] CreateInverseFactorials()
    {
        double[] inverse = new double[14];
        double factorial = 1;
        for (int i = 0; i < inverse.Length; i++)
        {
            factorial *= Math.Max(1, i);
            inverse[i] = 1 / factorial;
        }

        return inverse;
    }
}

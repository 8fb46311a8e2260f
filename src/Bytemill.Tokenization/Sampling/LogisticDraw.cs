using System.Runtime.CompilerServices;

namespace Bytemill.Tokenization;

/// <summary>Decides with probability sigmoid(x) from 64 random bits, the same way on every platform.</summary>
/// <remarks>
/// The upper 53 bits stand for u = (2 m + 1) / 2⁵⁴, and the answer is x > ln(u / (1 − u)), with logarithms of whole numbers by
/// <see cref="ExactLog"/>: the probability is that of the sigmoid to within 2⁻⁵². In all but about one of 500 cases the first ten
/// bits and a table decide.
/// </remarks>
internal static class LogisticDraw
{
    // No u lies beyond: ln(2^54 − 1) < 37.43.
    private const double Certain = 37.5;

    private const int TableBits = 10;
    private const long Whole = 1L << 54;

    // Bounds of the logit in each interval of u, a little apart so that roundings cannot matter.
    private const double Margin = 1e-9;
    private static readonly double[] s_bounds = CreateBounds();

    /// <summary>Whether a candidate that is <paramref name="x"/> better replaces.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Replaces(double x, ulong bits)
    {
        int interval = (int)(bits >> (64 - TableBits));
        if (x > s_bounds[interval + 1] + Margin)
        {
            return true;
        }

        return x >= s_bounds[interval] - Margin && Decide(x, bits);
    }

    /// <summary>The natural logarithm of u / (1 − u).</summary>
    internal static double Logit(ulong bits)
    {
        long odd = (2 * (long)(bits >> 11)) + 1;
        return ExactLog.Ln(odd) - ExactLog.Ln(Whole - odd);
    }

    private static bool Decide(double x, ulong bits) => x > Logit(bits);

    private static double[] CreateBounds()
    {
        const int Intervals = 1 << TableBits;
        double[] bounds = new double[Intervals + 1];
        (bounds[0], bounds[Intervals]) = (-Certain, Certain);
        for (int i = 1; i < Intervals; i++)
        {
            bounds[i] = ExactLog.Ln(i) - ExactLog.Ln(Intervals - i);
        }

        return bounds;
    }
}

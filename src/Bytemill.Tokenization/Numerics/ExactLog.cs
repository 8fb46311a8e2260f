using System.Numerics;

namespace Bytemill.Tokenization;

/// <summary>Correctly rounded natural logarithms of whole numbers, the same on every machine.</summary>
/// <remarks>
/// Scores of exact ties differ in the last bit between math libraries and processors, and the last bit
/// decides ties in training. Only integer arithmetic is used here, so nothing depends on the platform.
/// </remarks>
public static class ExactLog
{
    // Values are fixed point, 120 bits after the point; 7 bits are left for the integer part (ln 2^63 < 44).
    private const int FractionBits = 120;

    // x in [1, 2) is multiplied by a short reciprocal of its top bits, so that 1 <= x * reciprocal < 1 + 2^-7 + 2^-11.
    private const int IndexBits = 7;
    private const int ReciprocalBits = 12;

    // 17 terms of ln(1 + r): the first one left out is below (2^-7 + 2^-11)^18 / 18 < 2^-128.
    private const int SeriesTerms = 17;

    // Half a unit per power of two (62 of them at most), one for the table, below two for the series: 34 in all.
    private const int MaxErrorUnits = 64;

    private const int CacheSize = 1 << 15;

    private static readonly double[] s_cache = new double[CacheSize];
    private static readonly UInt128 s_ln2 = (UInt128)LnRatio(2, 1, FractionBits);
    private static readonly uint[] s_reciprocals = CreateReciprocals();
    private static readonly UInt128[] s_reciprocalLogs = CreateReciprocalLogs();
    private static readonly UInt128[] s_inverses = CreateInverses();

    /// <summary>The double nearest to the natural logarithm of <paramref name="value"/>.</summary>
    /// <param name="value">1 or more.</param>
    /// <returns>0 for 1; at most 43.67, for <see cref="long.MaxValue"/>. Never falls as the value grows.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is below 1.</exception>
    /// <remarks>Thread-safe. Values below 32 768 are kept after their first use.</remarks>
    public static double Ln(long value)
    {
        if ((ulong)value < CacheSize)
        {
            // 0 means not computed yet; two threads that both compute write the same bits.
            double known = Volatile.Read(ref s_cache[value]);
            if (known != 0)
            {
                return known;
            }
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        if (value == 1)
        {
            return 0;
        }

        if (!TryRound(LnFast(value), MaxErrorUnits, out double result))
        {
            result = LnSlow(value, 192);
        }

        if (value < CacheSize)
        {
            Volatile.Write(ref s_cache[value], result);
        }

        return result;
    }

    /// <summary>As <see cref="Ln"/>, by as many digits as it takes, beginning with <paramref name="fractionBits"/>.</summary>
    /// <remarks>Ends for every value from 2: its logarithm is irrational, so it is never half-way between two doubles.</remarks>
    internal static double LnSlow(long value, int fractionBits)
    {
        for (int bits = fractionBits; ; bits *= 2)
        {
            BigInteger ln = LnBig(value, bits);
            double low = Round(ln - 2, bits);
            if (low == Round(ln + 2, bits))
            {
                return low;
            }
        }
    }

    /// <summary>ln(value) in units of 2^-120, off by fewer than 64.</summary>
    internal static UInt128 LnFast(long value)
    {
        int exponent = BitOperations.Log2((ulong)value);
        ulong mantissa = (ulong)value << (63 - exponent);
        int index = (int)(mantissa >> (63 - IndexBits)) & ((1 << IndexBits) - 1);

        // Exact: 64 + 13 bits. What stands left of the point is exactly 1.
        UInt128 scaled = (UInt128)mantissa * s_reciprocals[index];
        UInt128 r = (scaled << (FractionBits - 63 - ReciprocalBits)) - (UInt128.One << FractionBits);

        // Horner: r * (1 - r * (1/2 - r * (1/3 - ...))), each bracket positive.
        UInt128 sum = s_inverses[SeriesTerms];
        for (int term = SeriesTerms - 1; term >= 1; term--)
        {
            sum = s_inverses[term] - Multiply(r, sum);
        }

        return (UInt128)(uint)exponent * s_ln2 + s_reciprocalLogs[index] + Multiply(r, sum);
    }

    /// <summary>False when the error leaves more than one double possible.</summary>
    internal static bool TryRound(UInt128 ln, uint maxErrorUnits, out double result)
    {
        result = Round(ln - maxErrorUnits);
        return result == Round(ln + maxErrorUnits);
    }

    private static double Round(UInt128 ln)
    {
        int top = 127 - (int)UInt128.LeadingZeroCount(ln);
        int drop = top - 52;
        long bits = ((long)(top - FractionBits + 1022) << 52) + (long)(ulong)(ln >> drop);

        // Exactly half a unit counts as above: then the two ends of the error interval differ, or both are right.
        bits += (long)(ulong)(ln >> (drop - 1)) & 1;
        return BitConverter.Int64BitsToDouble(bits);
    }

    private static double Round(BigInteger ln, int fractionBits)
    {
        int top = (int)ln.GetBitLength() - 1;
        int drop = top - 52;
        long bits = ((long)(top - fractionBits + 1022) << 52) + (long)(ln >> drop);
        bits += (long)(ln >> (drop - 1)) & 1;
        return BitConverter.Int64BitsToDouble(bits);
    }

    // (a * b) >> 120, cut off.
    private static UInt128 Multiply(UInt128 a, UInt128 b)
    {
        ulong aHigh = (ulong)(a >> 64), aLow = (ulong)a;
        ulong bHigh = (ulong)(b >> 64), bLow = (ulong)b;
        UInt128 cross1 = (UInt128)aHigh * bLow;
        UInt128 cross2 = (UInt128)aLow * bHigh;
        UInt128 middle = (((UInt128)aLow * bLow) >> 64) + (ulong)cross1 + (ulong)cross2;
        UInt128 high = (UInt128)aHigh * bHigh + (cross1 >> 64) + (cross2 >> 64) + (middle >> 64);
        return (high << (128 - FractionBits)) | ((ulong)middle >> (FractionBits - 64));
    }

    internal static BigInteger LnBig(long value, int fractionBits)
    {
        // 2^exponent is taken out first: the series for [1, 2) gains three bits a term.
        int exponent = BitOperations.Log2((ulong)value);
        BigInteger ln = LnRatio(value, BigInteger.One << exponent, fractionBits + 8)
            + exponent * LnRatio(2, 1, fractionBits + 8);
        return ln >> 8;
    }

    // ln(numerator / denominator) for a ratio in [1, 2], in units of 2^-fractionBits, off by half a unit and a trifle.
    // 2 * atanh(z), z = (numerator - denominator) / (numerator + denominator) <= 1/3. Each term is off by fewer
    // than 4 working units, and there is fewer than one term for three bits: far below the 32 guard bits.
    private static BigInteger LnRatio(BigInteger numerator, BigInteger denominator, int fractionBits)
    {
        const int GuardBits = 32;
        int bits = fractionBits + GuardBits;
        BigInteger z = ((numerator - denominator) << bits) / (numerator + denominator);
        BigInteger square = (z * z) >> bits;
        BigInteger sum = BigInteger.Zero;
        for (int divisor = 1; !z.IsZero; divisor += 2)
        {
            sum += z / divisor;
            z = (z * square) >> bits;
        }

        return ((sum << 1) + (BigInteger.One << (GuardBits - 1))) >> GuardBits;
    }

    private static uint[] CreateReciprocals()
    {
        var reciprocals = new uint[1 << IndexBits];
        for (uint i = 0; i < reciprocals.Length; i++)
        {
            // Rounded up, so that the product with the smallest x of the interval is not below 1.
            uint x = (1u << IndexBits) + i;
            reciprocals[i] = ((1u << (ReciprocalBits + IndexBits)) + x - 1) / x;
        }

        return reciprocals;
    }

    private static UInt128[] CreateReciprocalLogs() =>
        Array.ConvertAll(s_reciprocals, reciprocal => (UInt128)LnRatio(1u << ReciprocalBits, reciprocal, FractionBits));

    private static UInt128[] CreateInverses()
    {
        var inverses = new UInt128[SeriesTerms + 1];
        for (uint i = 1; i < inverses.Length; i++)
        {
            inverses[i] = (UInt128.One << FractionBits) / i;
        }

        return inverses;
    }
}

using System.Collections.Concurrent;
using System.Numerics;

namespace Bytemill.Tests;

/// <summary>The correctly rounded natural logarithm by integer arithmetic with 256 bits after the point.</summary>
internal static class PlainLog
{
    private const int FractionBits = 256;

    // Some 200 truncated divisions, the largest weighed by 2 · 63: far less than 2^20 units of the last bit.
    private static readonly BigInteger s_error = BigInteger.One << 20;
    private static readonly BigInteger s_ln2 = TwiceArtanh(1, 3);
    private static readonly ConcurrentDictionary<long, double> s_cache = new();

    /// <summary>The double nearest to ln <paramref name="n"/>, n at least 1.</summary>
    public static double Ln(long n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        return n == 1 ? 0.0 : s_cache.GetOrAdd(n, Compute);
    }

    private static double Compute(long n)
    {
        // n = 2^k x with 1 <= x < 2, so ln n = k ln 2 + 2 artanh((x - 1) / (x + 1)).
        int k = BitOperations.Log2((ulong)n);
        BigInteger power = BigInteger.One << k;
        BigInteger ln = (k * s_ln2) + TwiceArtanh(n - power, n + power);
        double low = ToNearestDouble(ln - s_error);
        double high = ToNearestDouble(ln + s_error);
        return low.Equals(high) ? low : throw new InvalidOperationException($"ln {n} is too near the middle of two doubles.");
    }

    /// <summary>2 (z + z³/3 + z⁵/5 + …) for z = p/q, at most 1/3.</summary>
    private static BigInteger TwiceArtanh(BigInteger p, BigInteger q)
    {
        BigInteger sum = 0;
        BigInteger power = (p << FractionBits) / q;
        for (int odd = 1; !power.IsZero; odd += 2)
        {
            sum += power / odd;
            power = power * p * p / (q * q);
        }

        return 2 * sum;
    }

    private static double ToNearestDouble(BigInteger fixedPoint)
    {
        int dropped = (int)fixedPoint.GetBitLength() - 53;
        BigInteger mantissa = (fixedPoint + (BigInteger.One << (dropped - 1))) >> dropped;
        return Math.ScaleB((double)(long)mantissa, dropped - FractionBits);
    }
}

using System.Numerics;

namespace Bytemill.Tests;

/// <summary>Decides by the exponential alone whether a double is the one nearest to a logarithm.</summary>
internal static class ExactLogReference
{
    private const int Bits = 320;
    private const int Halvings = 16;

    /// <summary>True when <paramref name="value"/> lies between the exponentials of the two midpoints around <paramref name="ln"/>.</summary>
    public static bool IsNearest(double ln, long value)
    {
        // 1 is e^0, and 0 has no midpoint below it worth the trouble.
        if (value == 1)
        {
            return BitConverter.DoubleToInt64Bits(ln) == 0;
        }

        BigInteger low = (Fixed(Math.BitDecrement(ln)) + Fixed(ln)) >> 1;
        BigInteger high = (Fixed(ln) + Fixed(Math.BitIncrement(ln))) >> 1;
        BigInteger target = (BigInteger)value << Bits;
        return Exp(low) < target && target < Exp(high);
    }

    // Exact for the doubles met here: at least 2^-10, so their last bit is above 2^-320.
    private static BigInteger Fixed(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) - 1075;
        BigInteger mantissa = (bits & ((1L << 52) - 1)) | (1L << 52);
        return mantissa << (Bits + exponent);
    }

    // Taylor of x / 2^16, squared 16 times. Off by less than 2^-220 of itself; the nearest midpoint is 2^-130 away or so.
    private static BigInteger Exp(BigInteger x)
    {
        x >>= Halvings;
        BigInteger sum = BigInteger.One << Bits;
        BigInteger term = sum;
        for (int n = 1; !term.IsZero; n++)
        {
            term = ((term * x) >> Bits) / n;
            sum += term;
        }

        for (int i = 0; i < Halvings; i++)
        {
            sum = (sum * sum) >> Bits;
        }

        return sum;
    }
}

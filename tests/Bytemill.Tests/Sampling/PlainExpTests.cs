using System.Numerics;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class PlainExpTests
{
    private const int Bits = 200;

    [Fact]
    public void Split_AnyNumber_IsWithinTheStatedError() =>
        Gen.OneOf(Gen.Double[-1, 1], Gen.Double[-100, 100], Gen.Double[-PlainExp.Limit, PlainExp.Limit]).Sample(
            x =>
            {
                double result = PlainExp.Split(x, out int exponent);
                Assert.InRange(result, 0.7, 1.42);
                BigInteger exact = ExactExp(x, exponent);
                double error = (double)(ToFixed(result) - exact) / (double)exact;
                Assert.InRange(error, -Math.ScaleB(1, -50), Math.ScaleB(1, -50));
            },
            iter: 2000);

    [Fact]
    public void Split_Zero_IsOne() => Assert.Equal((1.0, 0), (PlainExp.Split(0, out int exponent), exponent));

    // These bits are the same on every platform.
    [Theory]
    [InlineData(-1.0, 0x3FE78B56362CEF38L, -1)]
    [InlineData(-123.456, 0x3FEDA9FB9E4EE720L, -178)]
    public void Split_SomeNumbers_HaveTheseBits(double x, long bits, int exponent)
    {
        double result = PlainExp.Split(x, out int found);
        Assert.Equal((bits, exponent), (BitConverter.DoubleToInt64Bits(result), found));
    }

    // e^x / 2^exponent in fixed point: the series of e^r, r = x - exponent ln 2.
    private static BigInteger ExactExp(double x, int exponent)
    {
        BigInteger r = ToFixed(x) - (exponent * ExactLog.LnBig(2, Bits));
        BigInteger sum = 0;
        BigInteger term = BigInteger.One << Bits;
        for (int n = 1; !term.IsZero; n++)
        {
            sum += term;
            term = ((term * r) >> Bits) / n;
        }

        return sum;
    }

    private static BigInteger ToFixed(double value)
    {
        // Doubles are whole multiples of 2^-1074; those here of 2^-150 or so.
        const int Shift = 100;
        double scaled = Math.ScaleB(value, Shift);
        return new BigInteger(scaled) << (Bits - Shift);
    }
}

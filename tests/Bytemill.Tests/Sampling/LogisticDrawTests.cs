using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class LogisticDrawTests
{
    [Fact]
    public void Replaces_AnyBits_AsTheLogitSays() =>
        Gen.Select(Gen.OneOf(Gen.Double[-40, 40], Gen.Double[-3, 3]), Gen.ULong).Sample(
            (x, bits) => Assert.Equal(x > LogisticDraw.Logit(bits), LogisticDraw.Replaces(x, bits)), iter: 20_000);

    [Fact]
    public void Replaces_NextToTheLogit_IsExact() =>
        Gen.ULong.Sample(
            bits =>
            {
                double logit = LogisticDraw.Logit(bits);
                Assert.False(LogisticDraw.Replaces(logit, bits));
                Assert.True(LogisticDraw.Replaces(Math.BitIncrement(logit), bits));
            },
            iter: 5000);

    [Theory]
    [InlineData(0UL, -37.42)]
    [InlineData(ulong.MaxValue, 37.42)]
    public void Replaces_ExtremeBits_DecideAtTheEnds(ulong bits, double x)
    {
        Assert.Equal(x < 0, LogisticDraw.Replaces(x, bits));
        Assert.True(LogisticDraw.Replaces(37.6, bits));
        Assert.False(LogisticDraw.Replaces(-37.6, bits));
        Assert.True(LogisticDraw.Replaces(1e300, bits));
        Assert.False(LogisticDraw.Replaces(-1e300, bits));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-2.5)]
    [InlineData(7.0)]
    public void Replaces_ManyDraws_HaveTheProbabilityOfTheSigmoid(double x)
    {
        const int Draws = 200_000;
        int replaced = Enumerable.Range(0, Draws).Count(i => LogisticDraw.Replaces(x, SplitMix64.Output(5, (ulong)i)));
        double expected = 1 / (1 + Math.Exp(-x));
        Assert.InRange((double)replaced / Draws, expected - (4 * Math.Sqrt(expected * (1 - expected) / Draws)), expected + (4 * Math.Sqrt(expected * (1 - expected) / Draws)));
    }
}

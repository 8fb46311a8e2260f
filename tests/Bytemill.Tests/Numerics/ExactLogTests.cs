using System.Numerics;

using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class ExactLogTests
{
    [Fact]
    public void Ln_EverySmallInteger_IsTheNearestDouble()
    {
        for (long value = 1; value <= 20_000; value++)
        {
            Assert.True(ExactLogReference.IsNearest(ExactLog.Ln(value), value), $"ln {value}");
        }
    }

    [Fact]
    public void Ln_PowersOfTwoAndNeighbours_AreTheNearestDouble()
    {
        for (int exponent = 1; exponent < 64; exponent++)
        {
            for (long offset = -3; offset <= 3; offset++)
            {
                long value = unchecked((long)((1UL << exponent) + (ulong)offset));
                if (value >= 1)
                {
                    Assert.True(ExactLogReference.IsNearest(ExactLog.Ln(value), value), $"ln {value}");
                }
            }
        }
    }

    [Fact]
    public void Ln_EdgesOfEveryTableInterval_AreTheNearestDouble()
    {
        for (long top = 128; top < 256; top++)
        {
            foreach (int shift in new[] { 0, 8, 23, 55 })
            {
                foreach (long value in new[] { top << shift, (top << shift) + 1, ((top + 1) << shift) - 1 })
                {
                    Assert.True(value < 1 || ExactLogReference.IsNearest(ExactLog.Ln(value), value), $"ln {value}");
                }
            }
        }
    }

    [Fact]
    public void Ln_RandomValuesOfAllSizes_AreTheNearestDouble() =>
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.Int[0, 62])
            .Select((value, shift) => Math.Max(1, value >> shift))
            .Sample(value => ExactLogReference.IsNearest(ExactLog.Ln(value), value), iter: 20_000);

    [Theory]
    [InlineData(1, 0x0000000000000000)]
    [InlineData(2, 0x3FE62E42FEFA39EF)]
    [InlineData(3, 0x3FF193EA7AAD030B)]
    [InlineData(10, 0x40026BB1BBB55516)]
    [InlineData(long.MaxValue, 0x4045D589F2FE5107)]
    public void Ln_KnownValue_HasTheseBits(long value, long bits) =>
        Assert.Equal(bits, BitConverter.DoubleToInt64Bits(ExactLog.Ln(value)));

    // So close to half-way between two doubles that glibc 2.36 rounds them the other way.
    [Theory]
    [InlineData(9_170, 0x40223F54A1C504C1)]
    [InlineData(136_837, 0x4027A7310000E6DB)]
    [InlineData(141_614, 0x4027B8C2AF4020B3)]
    [InlineData(277_862, 0x402911DBC61C3609)]
    [InlineData(416_542, 0x4029E125F05BCAF9)]
    [InlineData(4_307_412_542_716_114_200, 0x40457414490C674E)]
    [InlineData(6_628_120_236_361_966_291, 0x4045AB3EC3A82A0A)]
    public void Ln_HardCase_IsTheNearestDouble(long value, long bits)
    {
        double ln = BitConverter.Int64BitsToDouble(bits);
        Assert.True(ExactLogReference.IsNearest(ln, value));
        Assert.Equal(ln, ExactLog.Ln(value));
    }

    [Fact]
    public void Ln_GrowingValues_NeverFalls()
    {
        double previous = -1;
        for (long value = 1; value < 50_000; value++)
        {
            double ln = ExactLog.Ln(value);
            Assert.True(ln > previous, $"ln {value}");
            previous = ln;
        }

        Gen.Long[1, long.MaxValue - 1].Sample(value => ExactLog.Ln(value) <= ExactLog.Ln(value + 1));
    }

    [Fact]
    public void Ln_SecondCall_ReturnsTheSameBits()
    {
        for (long value = 32_000; value < 33_500; value++)
        {
            Assert.Equal(ExactLog.Ln(value), ExactLog.Ln(value));
        }
    }

    [Fact]
    public void Ln_ManyThreads_AgreeWithTheReference()
    {
        var wrong = new long[4];
        Parallel.For(0, wrong.Length, thread =>
        {
            for (long value = 31_000; value < 34_000; value++)
            {
                wrong[thread] += ExactLog.Ln(value) == ExactLog.LnSlow(value, 192) ? 0 : 1;
                value += thread;
            }
        });
        Assert.All(wrong, count => Assert.Equal(0, count));
    }

    // The fast path is never in doubt for the values met here, so the slow one is called by itself:
    // from 192 bits as Ln does it, and from so few that it has to ask for more.
    [Theory]
    [InlineData(192)]
    [InlineData(54)]
    public void LnSlow_AnyFirstPrecision_AgreesWithLn(int bits) =>
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.Int[0, 61])
            .Select((value, shift) => Math.Max(2, value >> shift))
            .Sample(value => ExactLog.LnSlow(value, bits) == ExactLog.Ln(value), iter: 3_000);

    [Fact]
    public void TryRound_IntervalAcrossAMidpoint_CannotDecide()
    {
        UInt128 midpoint = (UInt128.One << 120) + (UInt128.One << (120 - 53));
        Assert.False(ExactLog.TryRound(midpoint + 3, 64, out _));
        Assert.False(ExactLog.TryRound(midpoint - 3, 64, out _));
        Assert.True(ExactLog.TryRound(midpoint - 65, 64, out double below));
        Assert.Equal(1.0, below);
        Assert.True(ExactLog.TryRound(midpoint + 65, 64, out double above));
        Assert.Equal(Math.BitIncrement(1.0), above);

        // Rounding up may carry into the exponent.
        Assert.True(ExactLog.TryRound((UInt128.One << 121) - 100, 64, out double carried));
        Assert.Equal(2.0, carried);
    }

    [Fact]
    public void LnFast_RandomValues_StaysWithinItsErrorBound() =>
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.Int[0, 62])
            .Select((value, shift) => Math.Max(1, value >> shift))
            .Sample(
                value =>
                {
                    BigInteger error = (BigInteger)ExactLog.LnFast(value) - (ExactLog.LnBig(value, 160) >> 40);
                    return BigInteger.Abs(error) <= 40;
                },
                iter: 5_000);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Ln_BelowOne_Throws(long value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactLog.Ln(value));
}

using Bytemill.Training;
using CsCheck;

namespace Bytemill.Tests;

public sealed class GrowthLawTests
{
    private static readonly double[] s_sizes = [2e6, 4e6, 8e6, 16e6];

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    [InlineData(1.0)]
    public void Fit_PowerLaw_IsRecovered(double beta)
    {
        var law = GrowthLaw.Fit([.. s_sizes.Select(n => (n, 40 * Math.Pow(n, beta)))]);
        Assert.Equal(beta, law.Slope, 1e-9);
        foreach (double n in (double[])[2e6, 3e6, 16e6, 128e6, 1e9, 50e12])
        {
            Assert.Equal(1, law.At(n) / (40 * Math.Pow(n, beta)), 1e-9);
        }
    }

    [Fact]
    public void Fit_FallingSlope_IsThatOfTheLastTwoOctaves()
    {
        var law = GrowthLaw.Fit((2e6, 100), (4e6, 1000), (8e6, 1500), (16e6, 2000));
        Assert.Equal(0.5, law.Slope, 1e-9);
        Assert.Equal(4000, law.At(64e6), 1e-6);
        Assert.Equal(16e6, law.LargestSample, 1);
    }

    [Fact]
    public void Fit_FasterThanText_IsProportionalBeyondTheSamples() =>
        Assert.Equal(8000, GrowthLaw.Fit((1e6, 10), (2e6, 1000)).At(16e6), 1e-6);

    [Fact]
    public void At_AnyCurve_IsMonotoneAndGoesThroughItsPoints()
    {
        Gen.Select(Gen.Double[0, 20].Array[4], Gen.Int[1, 4]).Sample(
            (logs, count) =>
            {
                Array.Sort(logs);
                (double, double)[] points = [.. s_sizes.Take(count).Select((n, i) => (n, Math.Exp(logs[i])))];
                var law = GrowthLaw.Fit(points);
                foreach ((double bytes, double things) in points)
                {
                    Assert.Equal(1, law.At(bytes) / things, 1e-6);
                }

                double before = 0;
                for (double n = 1; n < 1e15; n *= 1.7)
                {
                    Assert.True(law.At(n) >= before * (1 - 1e-9) && double.IsFinite(law.At(n)));
                    before = law.At(n);
                }
            },
            iter: 300);
    }

    [Fact]
    public void Fit_NoPoints_Throws() => Assert.Throws<ArgumentException>(() => GrowthLaw.Fit());
}

using Bytemill.Training;

namespace Bytemill.Tests;

public sealed class KeptNGramLawTests
{
    // Words of a power law: the n-th is as likely as n^-1.6, so distinct ones grow by β = 1/1.6 = 0.625.
    private const double Exponent = 1.6;
    private const int Words = 3_000_000;

    [Theory]
    [InlineData(8, 8)]
    [InlineData(8, 64)]
    [InlineData(1, 8)]
    [InlineData(64, 64)]
    public void Kept_PowerLaw_IsExtrapolated(int minCount, int factor)
    {
        double[] sizes = [2_500, 5_000, 10_000, 20_000];
        var law = new KeptNGramLaw([.. sizes.Select(words => (3 * words, Spectrum((int)words, seed: 1)))]);
        NGramSpectrum whole = Spectrum(20_000 * factor, seed: 2, minCount);
        double expected = whole.AtLeast(3, minCount);
        Assert.InRange(law.KeptOf(3, 3 * 20_000.0 * factor, minCount), 0.85 * expected, 1.15 * expected);
    }

    [Fact]
    public void Kept_SmallestCounts_IsMonotoneAndMeetsTheSample()
    {
        NGramSpectrum spectrum = Spectrum(20_000, seed: 1);
        var law = new KeptNGramLaw([(30_000, Spectrum(10_000, seed: 1)), (60_000, spectrum)]);
        Assert.Equal(spectrum.AtLeast(3, 5), law.KeptOf(3, 60_000, 5), 1e-6);
        double before = double.MaxValue;
        for (long count = 2; count < 1L << 40; count *= 2)
        {
            double kept = law.Kept(1e9, count);
            Assert.True(kept <= before * 1.0001, $"{kept} after {before} at {count}");
            before = kept;
        }

        long needed = law.MinCountFor(1e9, 10_000, 2);
        Assert.True(law.Kept(1e9, needed) <= 10_000);
        Assert.True(law.Kept(1e9, needed / 2) > 10_000);
    }

    [Fact]
    public void Read_Slice_CountsCounts()
    {
        NGramSpectrum spectrum = Read("abab"u8.ToArray(), order: 2, largestCount: 3);
        Assert.Equal(2, spectrum.Order);
        Assert.Equal([2, 2, 0], [spectrum.AtLeast(1, 1), spectrum.AtLeast(1, 2), spectrum.AtLeast(1, 3)]);
        Assert.Equal([2, 1, 0], [spectrum.AtLeast(2, 1), spectrum.AtLeast(2, 2), spectrum.AtLeast(2, 3)]);
    }

    // Each word is a chunk of three bytes, so n-grams of three bytes are words.
    private static NGramSpectrum Spectrum(int words, int seed, int largestCount = KeptNGramLaw.LargestSampleCount)
    {
        var random = new Random(seed);
        using var counter = new NGramCounter(3, KeyRanges.Whole, 16L * words, new MemoryScratchSpace());
        Span<byte> chunk = stackalloc byte[3];
        for (int i = 0; i < words; i++)
        {
            // The rank whose cumulated probability is drawn, for a density of x^-1.6 from 1 up.
            int rank = (int)Math.Min(Words, Math.Pow(1 - random.NextDouble(), -1 / (Exponent - 1)));
            (chunk[0], chunk[1], chunk[2]) = ((byte)(rank >> 16), (byte)(rank >> 8), (byte)rank);
            counter.Add(chunk);
        }

        return Read(counter, 3, largestCount);
    }

    private static NGramSpectrum Read(byte[] chunk, int order, int largestCount)
    {
        using var counter = new NGramCounter(order, KeyRanges.Whole, 4096, new MemoryScratchSpace());
        counter.Add(chunk);
        return Read(counter, order, largestCount);
    }

    private static NGramSpectrum Read(NGramCounter counter, int order, int largestCount)
    {
        RunOpener run = RunFiles.Write(output => counter.WriteTo(output));
        RunOpener slice = RunFiles.Write(output => NGramSliceMerger.Merge(
            [run], 0, KeyRanges.Whole, order, 1, new MemoryScratchSpace(), output, CancellationToken.None));
        return NGramSpectrum.Read(slice, Math.Max(largestCount, 1), CancellationToken.None);
    }
}

using System.Collections.Immutable;

namespace Bytemill.Training;

/// <summary>How many n-grams a corpus keeps at a smallest count, from the counts of counts of nested samples.</summary>
/// <remarks>
/// What counts is text per smallest count: an n-gram of probability p is kept when N·p is about m, so a sample of n bytes pruned
/// at m·n/N keeps about the same n-grams as N bytes pruned at m. For a power law of probabilities with Heaps exponent β, the number of
/// things that occur m times or more in N bytes is C·N^β·Γ(m−β)/Γ(m) (Karlin 1967), which makes up for small samples: counts of 2 are
/// noisier than counts of 2000. So the curve of the smallest count m' = m·n/N, at least 2, is extended to N·m'/m bytes, and
/// corrected from (N·m'/m, m') to (N, m) by that formula. Lengths are treated apart, since their β differ.
/// </remarks>
public sealed class KeptNGramLaw
{
    /// <summary>Counts that samples are pruned at; the spectrum must tell so many apart.</summary>
    public const int LargestSampleCount = 64;

    private readonly ImmutableArray<(double Bytes, NGramSpectrum Spectrum)> _samples;

    /// <param name="samples">Bytes of nested samples, ascending, and their spectra up to a count of <see cref="LargestSampleCount"/>.</param>
    public KeptNGramLaw(params IReadOnlyList<(double Bytes, NGramSpectrum Spectrum)> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfZero(samples.Count);
        _samples = [.. samples];
    }

    /// <summary>n-grams kept, of all lengths, the 256 single bytes included.</summary>
    /// <param name="bytes">Of text.</param>
    /// <param name="minCount">At least 1.</param>
    public double Kept(double bytes, double minCount)
    {
        double kept = 256;
        for (int length = 2; length <= _samples[^1].Spectrum.Order; length++)
        {
            kept += KeptOf(length, bytes, minCount);
        }

        return kept;
    }

    /// <summary>Kept n-grams of one length.</summary>
    public double KeptOf(int length, double bytes, double minCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minCount, 1);
        double scaled = minCount * _samples[^1].Bytes / bytes;
        int sampleCount = (int)Math.Clamp(Math.Round(scaled), Math.Min(2, minCount), Math.Min(minCount, LargestSampleCount));
        GrowthLaw law = GrowthLaw.Fit([.. _samples.Select(sample => (sample.Bytes, (double)sample.Spectrum.AtLeast(length, sampleCount)))]);
        double equivalent = bytes * sampleCount / minCount;
        double ratio = minCount / sampleCount;
        double slope = Math.Min(law.Slope, 0.99);
        double correction = Math.Exp(
            (slope * Math.Log(ratio)) + LogGammaRatio(minCount, slope) - LogGammaRatio(sampleCount, slope));
        return Math.Min(law.At(equivalent) * correction, Math.Pow(256, length));
    }

    /// <summary>The smallest count at which a corpus keeps no more than so many n-grams; the next power of two for large counts.</summary>
    /// <param name="bytes">Of text.</param>
    /// <param name="most">n-grams to keep at most.</param>
    /// <param name="from">First count tried.</param>
    public long MinCountFor(double bytes, double most, long from)
    {
        long count = Math.Max(from, 1);
        while (count < 1L << 40 && Kept(bytes, count) > most)
        {
            count *= 2;
        }

        return count;
    }

    // ln Γ(m − β) − ln Γ(m), by the recurrence up to where Stirling's series holds.
    private static double LogGammaRatio(double m, double beta) => LogGamma(m - beta) - LogGamma(m);

    private static double LogGamma(double x)
    {
        double shift = 0;
        for (; x < 12; x++)
        {
            shift += Math.Log(x);
        }

        double inverse = 1 / x;
        double square = inverse * inverse;
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + (inverse * ((1.0 / 12) - (square / 360))) - shift;
    }
}

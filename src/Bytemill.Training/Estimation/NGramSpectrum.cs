using System.Collections.Immutable;

namespace Bytemill.Training;

/// <summary>Counts of counts: how many distinct n-grams of each length occur at least so many times in a text.</summary>
public sealed class NGramSpectrum
{
    private readonly ImmutableArray<ImmutableArray<long>> _atLeast;

    private NGramSpectrum(ImmutableArray<ImmutableArray<long>> atLeast) => _atLeast = atLeast;

    /// <summary>Longest n-gram.</summary>
    public int Order => _atLeast.Length;

    /// <summary>Largest count told apart.</summary>
    public int LargestCount => _atLeast[0].Length - 1;

    /// <summary>Reads a slice.</summary>
    /// <param name="slice">Of <see cref="NGramSliceMerger"/> with a smallest count of 1 over the whole key space.</param>
    /// <param name="largestCount">At least 1.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="RunFormatException">The slice is damaged.</exception>
    public static NGramSpectrum Read(RunOpener slice, int largestCount, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(slice);
        ArgumentOutOfRangeException.ThrowIfLessThan(largestCount, 1);
        using var codec = new BlockCodec();
        var atLeast = ImmutableArray.CreateBuilder<ImmutableArray<long>>();
        int order;
        using (Stream stream = slice())
        {
            order = RunFooter.Read(stream, RunKind.NGramSlice).Segments.Length;
        }

        for (int length = 1; length <= order; length++)
        {
            ct.ThrowIfCancellationRequested();
            long[] counts = new long[largestCount + 1];
            using var source = new RunSource(slice, RunKind.NGramSlice, length - 1);
            using var reader = new NGramReader(source.Open(0, codec));
            while (reader.Read())
            {
                counts[Math.Min(reader.Count, largestCount)]++;
            }

            for (int count = largestCount - 1; count >= 1; count--)
            {
                counts[count] += counts[count + 1];
            }

            atLeast.Add([.. counts]);
        }

        return new NGramSpectrum(atLeast.ToImmutable());
    }

    /// <summary>Distinct n-grams of a length, 1 to <see cref="Order"/>, that occur <paramref name="count"/> times or more.</summary>
    public long AtLeast(int length, int count) => _atLeast[length - 1][count];
}

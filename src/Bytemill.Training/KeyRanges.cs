using System.Collections.Immutable;

namespace Bytemill.Training;

/// <summary>The key space of 64 bits cut into contiguous ranges, one per shard. A key is the first 8 bytes of an
/// n-gram or a piece, big endian, padded with zeros. Where the cuts lie never changes a result.</summary>
public sealed class KeyRanges
{
    private readonly ulong[] _starts;

    /// <param name="starts">First key of each range: the first is 0, the others strictly ascending.</param>
    /// <exception cref="ArgumentException"><paramref name="starts"/> is empty or out of order.</exception>
    public KeyRanges(ImmutableArray<ulong> starts)
    {
        if (starts.IsDefaultOrEmpty || starts[0] != 0)
        {
            throw new ArgumentException("Key ranges must begin at key 0.", nameof(starts));
        }

        for (int i = 1; i < starts.Length; i++)
        {
            if (starts[i] <= starts[i - 1])
            {
                throw new ArgumentException($"Key ranges must ascend strictly; range {i} does not.", nameof(starts));
            }
        }

        Starts = starts;
        _starts = [.. starts];
    }

    /// <summary>The whole key space in one range.</summary>
    public static KeyRanges Whole { get; } = new([0UL]);

    /// <summary>First key of each range; the first is 0.</summary>
    public ImmutableArray<ulong> Starts { get; }

    /// <summary>Number of ranges, at least 1.</summary>
    public int Count => _starts.Length;

    /// <summary>The first 8 bytes, big endian, padded with zeros.</summary>
    public static ulong KeyOf(ReadOnlySpan<byte> bytes) => PackedNGram.Pack(bytes);

    /// <summary>Cuts so that the sampled keys spread evenly.</summary>
    /// <param name="keys">Any sample of keys, in any order; may be empty.</param>
    /// <param name="count">Number of ranges wanted, at least 1. Fewer come out when the sample has too few distinct keys.</param>
    public static KeyRanges FromSample(ReadOnlySpan<ulong> keys, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ulong[] sorted = keys.ToArray();
        Array.Sort(sorted);
        var starts = ImmutableArray.CreateBuilder<ulong>(count);
        starts.Add(0);
        for (int i = 1; i < count && sorted.Length > 0; i++)
        {
            ulong start = sorted[(int)((long)sorted.Length * i / count)];
            if (start > starts[^1])
            {
                starts.Add(start);
            }
        }

        return new KeyRanges(starts.ToImmutable());
    }

    /// <summary>Index of the range that <paramref name="key"/> lies in.</summary>
    public int IndexOf(ulong key)
    {
        int index = Array.BinarySearch(_starts, key);
        return index >= 0 ? index : ~index - 1;
    }

    /// <summary>Whether some key that begins with these <paramref name="length"/> bytes lies outside range <paramref name="index"/>.</summary>
    internal bool IsBorder(int index, ulong prefix, int length) =>
        prefix < _starts[index] || (index + 1 < _starts.Length && (prefix | ~PackedNGram.Mask(length)) >= _starts[index + 1]);
}

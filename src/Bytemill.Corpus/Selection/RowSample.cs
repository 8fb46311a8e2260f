using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Bytemill.Corpus;

/// <summary>Takes about a fraction of all rows, the same ones at every reading: a row's file and place decide.</summary>
public sealed class RowSample
{
    private readonly ulong _threshold;

    /// <param name="fraction">More than 0, at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is out of range.</exception>
    public RowSample(double fraction)
    {
        if (fraction is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "The fraction must be more than 0 and at most 1.");
        }

        Fraction = fraction;
        // Exact for every double, 2^64 itself left out.
        _threshold = fraction == 1 ? ulong.MaxValue : (ulong)(fraction * 18446744073709551616.0);
    }

    /// <summary>Share of the rows, about.</summary>
    public double Fraction { get; }

    /// <summary>Whether a row is taken.</summary>
    /// <param name="fingerprint">Of the file.</param>
    /// <param name="group">0-based index of its group.</param>
    /// <param name="row">0-based index in the group.</param>
    public bool Takes(string fingerprint, int group, long row)
    {
        if (_threshold == ulong.MaxValue)
        {
            return true;
        }

        Span<byte> key = stackalloc byte[64];
        int length = Encoding.ASCII.GetBytes(fingerprint, key);
        BinaryPrimitives.WriteInt64LittleEndian(key[length..], group);
        BinaryPrimitives.WriteInt64LittleEndian(key[(length + sizeof(long))..], row);
        return XxHash3.HashToUInt64(key[..(length + (2 * sizeof(long)))]) < _threshold;
    }

    /// <inheritdoc/>
    public override string ToString() => Fraction.ToString("R", CultureInfo.InvariantCulture);
}

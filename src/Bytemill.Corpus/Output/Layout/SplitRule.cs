using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.IO.Hashing;
using System.Numerics;
using System.Text;

namespace Bytemill.Corpus;

/// <summary>Divides rows among parts of named shares, as <c>train=0.98,valid=0.02</c>: a row's file, place and the seed decide, nothing else.</summary>
public sealed class SplitRule
{
    /// <summary>Most parts of a rule.</summary>
    public const int MaxParts = 16;

    // Of each part the first hash that is not its own; 2^64 for the last.
    private readonly ImmutableArray<UInt128> _ends;
    private readonly ulong _seed;

    private SplitRule(ImmutableArray<string> names, ImmutableArray<UInt128> ends, ulong seed) => (Names, _ends, _seed) = (names, ends, seed);

    /// <summary>Names of the parts.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Reads a rule.</summary>
    /// <param name="text">Parts joined by commas, each a name and a decimal share of more than 0; together exactly 1.</param>
    /// <param name="seed">Another one divides the rows otherwise.</param>
    /// <exception cref="FormatException">It is no rule; says what to do.</exception>
    public static SplitRule Parse(string text, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(text);
        var names = ImmutableArray.CreateBuilder<string>();
        var ends = ImmutableArray.CreateBuilder<UInt128>();
        decimal sum = 0;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? part : part[..equals].TrimEnd();
            if (equals < 0 || !decimal.TryParse(part.AsSpan(equals + 1), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out decimal share) || share <= 0)
            {
                throw new FormatException($"'{part}' is not a name and a share of more than 0, as in train=0.98,valid=0.02");
            }

            if (!IsName(name) || names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw new FormatException($"the name '{name}' must be of letters, digits, '-', '_' and '.', begin with a letter or digit, and come once");
            }

            names.Add(name);
            sum += share;
            ends.Add(Scale(sum));
        }

        return sum != 1 ? throw new FormatException($"the shares must add up to 1; found {sum.ToString(CultureInfo.InvariantCulture)}")
            : names.Count > MaxParts ? throw new FormatException($"there are {names.Count} parts; at most {MaxParts} are possible")
            : new SplitRule(names.ToImmutable(), ends.ToImmutable(), seed);
    }

    /// <summary>The part that a row belongs to.</summary>
    /// <param name="fingerprint">Of its file.</param>
    /// <param name="group">0-based index of its group in the file.</param>
    /// <param name="row">0-based index in the group.</param>
    /// <returns>0-based index in <see cref="Names"/>.</returns>
    public int PartOf(string fingerprint, int group, long row)
    {
        Span<byte> key = stackalloc byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(key, _seed);
        BinaryPrimitives.WriteInt64LittleEndian(key[sizeof(long)..], group);
        BinaryPrimitives.WriteInt64LittleEndian(key[(2 * sizeof(long))..], row);
        int length = (3 * sizeof(long)) + Encoding.ASCII.GetBytes(fingerprint, key[(3 * sizeof(long))..]);
        ulong hash = XxHash3.HashToUInt64(key[..length]);
        int part = 0;
        while (hash >= _ends[part])
        {
            part++;
        }

        return part;
    }

    // The whole part of share * 2^64, by whole numbers.
    private static UInt128 Scale(decimal share)
    {
        int[] bits = decimal.GetBits(share);
        BigInteger digits = ((BigInteger)(uint)bits[2] << 64) | ((BigInteger)(uint)bits[1] << 32) | (uint)bits[0];
        return (UInt128)BigInteger.Min((digits << 64) / BigInteger.Pow(10, (bits[3] >> 16) & 0xFF), BigInteger.One << 64);
    }

    private static bool IsName(string name) =>
        name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}

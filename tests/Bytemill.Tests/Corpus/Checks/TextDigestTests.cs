using System.Globalization;
using Bytemill.Corpus;
using CsCheck;

namespace Bytemill.Tests;

public sealed class TextDigestTests
{
    private static readonly Gen<byte[]?[]> s_rows = Gen.Select(Gen.Bool, Gen.Byte.Array[0, 3]).Select(row => row.Item1 ? row.Item2 : null).Array[0, 4];

    // Rows that run into each other, nulls and empty texts are told apart.
    [Fact]
    public void End_OfOtherRows_IsAnother() => Gen.Select(s_rows, s_rows).Sample((left, right) =>
        (Of(left, 1, 2) == Of(right, 1, 2)) == (left.Length == right.Length && left.Zip(right).All(rows => rows.First is null ? rows.Second is null : rows.Second is not null && rows.First.AsSpan().SequenceEqual(rows.Second))));

    [Fact]
    public void End_BeginsAnew()
    {
        var digest = new TextDigest();
        digest.Append("a"u8, isNull: false);
        digest.End("0", 0);
        digest.Append("b"u8, isNull: false);
        Assert.Equal(Of([[(byte)'b']], 3, 4), digest.End("3", 4));
        Assert.Equal(4, new HashSet<ulong> { Of([], 0, 0), Of([], 0, 1), Of([], 1, 0), Of([[]], 0, 0) }.Count);
    }

    private static ulong Of(byte[]?[] rows, int file, int group)
    {
        var digest = new TextDigest();
        Array.ForEach(rows, row => digest.Append(row, row is null));
        return digest.End(file.ToString(CultureInfo.InvariantCulture), group);
    }
}

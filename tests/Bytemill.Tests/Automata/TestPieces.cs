using System.Text;
using CsCheck;

namespace Bytemill.Tests;

/// <summary>Piece lists for tests: the 256 single bytes and some more.</summary>
internal static class TestPieces
{
    /// <summary>Random vocabularies of pieces over few letters, in shuffled order, where ties are frequent.</summary>
    public static readonly Gen<(ReadOnlyMemory<byte>[] Pieces, long[] Counts)> Random =
        from letters in Gen.Int[1, 4]
        from more in Gen.Byte[(byte)'a', (byte)('a' + letters - 1)].Array[2, 9].Array[0, 30]
        from order in Gen.Shuffle(Enumerable.Range(0, 256 + more.Length).ToArray())
        from counts in Gen.Long[1, 6].Array[256 + more.Length]
        select Create(more, order, counts);

    public static (ReadOnlyMemory<byte>[] Pieces, long[] Counts) WithBytes(params (string Piece, long Count)[] more)
    {
        ReadOnlyMemory<byte>[] pieces = [.. SingleBytes(), .. more.Select(m => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(m.Piece))];
        return (pieces, [.. Enumerable.Repeat(1L, 256), .. more.Select(m => m.Count)]);
    }

    private static (ReadOnlyMemory<byte>[] Pieces, long[] Counts) Create(byte[][] more, int[] order, long[] counts)
    {
        ReadOnlyMemory<byte>[] all = [.. SingleBytes(), .. more.Select(m => (ReadOnlyMemory<byte>)m)];
        ReadOnlyMemory<byte>[] pieces = order.Select(i => all[i]).DistinctBy(p => Convert.ToHexString(p.Span)).ToArray();
        return (pieces, counts[..pieces.Length]);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> SingleBytes() =>
        Enumerable.Range(0, 256).Select(b => (ReadOnlyMemory<byte>)new[] { (byte)b });
}

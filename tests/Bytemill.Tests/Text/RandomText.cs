using System.Text;

using CsCheck;

namespace Bytemill.Tests;

/// <summary>Generators of UTF-8 and of bytes that only look like it.</summary>
internal static class RandomText
{
    private static readonly byte[][] s_illFormed =
    [
        [0x80], [0xBF, 0xBF, 0xBF, 0xBF, 0xBF], [0xC0, 0x80], [0xC2], [0xD9], [0xE0, 0x80, 0x80], [0xE3, 0x81], [0xE3], [0xED, 0xA0, 0x80],
        [0xEF, 0xBC], [0xF0, 0x9D, 0x9F], [0xF0, 0x90], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xFF],
    ];

    /// <summary>Sequences that are ill-formed by themselves, some of them cut-off characters.</summary>
    public static readonly Gen<byte[]> IllFormed = Gen.OneOf<byte[]>(s_illFormed);

    /// <summary>Texts put together of the given code points, with an ill-formed sequence now and then if asked for.</summary>
    public static Gen<byte[]> Of(Gen<int> codePoints, bool illFormed, int maxParts)
    {
        Gen<byte[]> part = codePoints.Select(Encode);
        return (illFormed ? Gen.Frequency((8, part), (1, IllFormed)) : part).Array[0, maxParts].Select(Concat);
    }

    public static byte[] Encode(int codePoint) => Encoding.UTF8.GetBytes(new Rune(codePoint).ToString());

    public static byte[] Concat(byte[][] parts)
    {
        using var all = new MemoryStream();
        foreach (byte[] part in parts)
        {
            all.Write(part);
        }

        return all.ToArray();
    }
}

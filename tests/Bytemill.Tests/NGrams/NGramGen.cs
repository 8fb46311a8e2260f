using Bytemill.Training;
using CsCheck;

namespace Bytemill.Tests;

/// <summary>Random chunks and options that collide: few letters, so that n-grams repeat and ties abound.</summary>
internal static class NGramGen
{
    private static readonly byte[][] s_alphabets =
    [
        [0, 1], [0, 255], [.. "ab"u8], [.. "abc"u8], [0x61, 0xE4, 0xB8, 0x80], [0xC3, 0xA9, 0x61, 0x0A], [0, 0x80, 0xC0, 0xFF],
    ];

    public static Gen<byte[]> Chunk(int longest) =>
        Gen.Select(Gen.Int[0, s_alphabets.Length], Gen.Byte.Array[1, longest], (alphabet, bytes) =>
            alphabet == s_alphabets.Length
                ? bytes
                : Array.ConvertAll(bytes, b => s_alphabets[alphabet][b % s_alphabets[alphabet].Length]));

    public static Gen<byte[][]> Chunks(int most, int longest) => Chunk(longest).Array[1, most];

    /// <summary>Ranges cut in the midst of prefixes that occur, several of them inside one.</summary>
    public static Gen<KeyRanges> Ranges { get; } =
        Gen.Select(Chunk(8), Gen.ULong[0, 3], Gen.Int[0, 1]).Array[0, 6].Select(cuts => new KeyRanges(
            [.. cuts.Select(cut => KeyRanges.KeyOf(cut.Item1) + (cut.Item3 == 0 ? 0 : cut.Item2)).Append(0UL).Distinct().Order()]));
}

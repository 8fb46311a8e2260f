using CsCheck;

namespace Bytemill.Tests;

/// <summary>Texts in which nearly everything decomposes, composes or changes places.</summary>
internal static class NormalizationTexts
{
    /// <summary>Combining marks of any class, most of them of those that compose.</summary>
    public static readonly Gen<int> Marks = Gen.OneOf<int>(
        0x300, 0x301, 0x302, 0x304, 0x306, 0x307, 0x308, 0x30A, 0x31B, 0x323, 0x327, 0x328, 0x331, 0x338, 0x345, 0x305, 0x316, 0x334, 0x35C, 0x344, 0x340,
        0x5B0, 0x5BC, 0x64E, 0x653, 0x654, 0x93C, 0x94D, 0x3099, 0x309A, 0x1D165, 0x1D16E, 0x1E94A);

    private static readonly Gen<int> s_jamo = Gen.OneOf<int>(
        0x1100, 0x1112, 0x1113, 0x1161, 0x1175, 0x1176, 0x11A7, 0x11A8, 0x11C2, 0x11C3, 0xAC00, 0xAC01, 0xAC1C, 0xD788, 0xD7A3, 0xD7A4);

    // Vowel signs that are starters and compose all the same, and what they compose with.
    private static readonly Gen<int> s_vowelSigns = Gen.OneOf<int>(
        0x928, 0x915, 0x958, 0x9C7, 0x9BE, 0x9D7, 0xB47, 0xB3E, 0xBC6, 0xBBE, 0xBD7, 0xCC6, 0xCC2, 0xCD5, 0xDD9, 0xDCF, 0xDCA, 0xDDC, 0x1B05, 0x1B35,
        0x11131, 0x11127, 0x114B9, 0x114BA, 0x114BD);

    private static readonly Gen<int> s_letters = Gen.OneOf<int>(
        'a', 'e', 'o', 's', 'x', 0xE9, 0xC5, 0x212B, 0x1E9B, 0x1E69, 0x3B1, 0x1F80, 0x4E2D, 0xFA1B, 0x2F800, 0x304B, 0x304C, 0x1D15F, 0x2ADC, 0xFB1D, 0x1F600, 0xFF0C);

    private static readonly int[] s_decomposed = PlainNormalizer.Decomposed.ToArray();

    private static readonly Gen<int> s_anyDecomposed = Gen.Int[0, s_decomposed.Length - 1].Select(i => s_decomposed[i]);

    /// <summary>UTF-8 with ill-formed bytes here and there.</summary>
    public static readonly Gen<byte[]> Dense = RandomText.Of(
        Gen.Frequency((5, Marks), (3, s_letters), (3, s_jamo), (3, s_vowelSigns), (2, s_anyDecomposed)), illFormed: true, maxParts: 25);
}

using System.Text;
using Bytemill.Corpus;
using CsCheck;

namespace Bytemill.Tests;

public sealed class Utf8TextTests
{
    // Beginnings of characters, surrogates, overlong forms, too large ones, and U+FFFD itself.
    private static readonly byte[][] s_parts =
        [[0xE4, 0xB8], [0xF0, 0x9F, 0x99], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xEF, 0xBF, 0xBD], [.. "a"u8], [.. "字"u8]];

    private static readonly Gen<byte[]> s_text = Gen.OneOf(
        Gen.Byte.Array[0, 6],
        Gen.Int[0, s_parts.Length - 1].Array[0, 12].Select(parts => parts.SelectMany(part => s_parts[part]).ToArray()));

    // The framework follows the same recommendation, by code of its own.
    [Fact]
    public void Replace_AnyBytes_IsWhatTheFrameworkDecodes() => s_text.Sample(text =>
        Utf8Text.Replace(text).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text))));

    [Fact]
    public void FirstInvalid_AnyBytes_IsTheLengthOfTheLongestValidBeginning() => s_text.Sample(text =>
    {
        int first = Utf8Text.FirstInvalid(text);
        return System.Text.Unicode.Utf8.IsValid(text.AsSpan(0, first))
            && (first == text.Length) == System.Text.Unicode.Utf8.IsValid(text)
            && Enumerable.Range(first + 1, text.Length - first).All(length => !System.Text.Unicode.Utf8.IsValid(text.AsSpan(0, length)));
    });
}

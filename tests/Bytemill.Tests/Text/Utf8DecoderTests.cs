using System.Buffers;
using System.Text;

using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class Utf8DecoderTests
{
    private static readonly Gen<byte[]> s_bytes = Gen.OneOf<byte[]>(
        RandomText.Of(Gen.OneOf<int>(0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF), illFormed: true, maxParts: 12),
        Gen.OneOf<byte>(0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE3, 0xED, 0xEF, 0xF0, 0xF3, 0xF4, 0xF5, 0xFF).Array[0, 12]);

    [Fact]
    public void Decode_EveryCodePoint_ReturnsIt()
    {
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            if (Rune.IsValid(codePoint))
            {
                byte[] bytes = RandomText.Encode(codePoint);
                Assert.Equal(codePoint, Utf8Decoder.Decode(bytes, 0, out int length));
                Assert.Equal(bytes.Length, length);
            }
        }
    }

    [Fact]
    public void Decode_AnyBytes_AgreesWithRune() => s_bytes.Sample(bytes =>
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bool valid = Rune.DecodeFromUtf8(bytes.AsSpan(i), out Rune rune, out int expected) == OperationStatus.Done;
            int codePoint = Utf8Decoder.Decode(bytes, i, out int length);
            Assert.Equal(valid ? (rune.Value, expected) : (-1, 1), (codePoint, length));
        }
    });

    [Fact]
    public void PreviousStart_AnyBytes_FindsTheEdgesThatDecodeGives() => s_bytes.Sample(bytes =>
    {
        for (int i = 0; i < bytes.Length;)
        {
            Utf8Decoder.Decode(bytes, i, out int length);
            Assert.Equal(i, Utf8Decoder.PreviousStart(bytes, i + length));
            i += length;
        }
    });

    [Fact]
    public void IncompleteTail_AnyBytes_AgreesWithRune() => s_bytes.Sample(bytes =>
    {
        int expected = 0;
        for (int count = 1; count <= Math.Min(3, bytes.Length); count++)
        {
            if (Rune.DecodeFromUtf8(bytes.AsSpan(^count..), out _, out int length) == OperationStatus.NeedMoreData && length == count)
            {
                expected = count;
            }
        }

        Assert.Equal(expected, Utf8Decoder.IncompleteTail(bytes));
    });
}

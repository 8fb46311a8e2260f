using System.Buffers;
using System.Text;

using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class StreamingNormalizerTests
{
    [Fact]
    public void Append_AnyCuts_EqualsTheWhole() =>
        Gen.Select(NormalizationTexts.Dense, Gen.Int[1, 9].Array[1, 20]).Sample((text, cuts) =>
        {
            var normalizer = new StreamingNormalizer();
            var ready = new ArrayBufferWriter<byte>();
            int start = 0;
            for (int i = 0; start < text.Length; i++)
            {
                int length = Math.Min(cuts[i % cuts.Length] - 1, text.Length - start);
                length = cuts.All(cut => cut == 1) ? 1 : length;
                normalizer.Append(text.AsSpan(start, length), ready);
                start += length;
                Assert.True(ready.WrittenCount + normalizer.HeldBytes > 0 || start == 0);
            }

            normalizer.Complete(ready);
            Assert.Equal(0, normalizer.HeldBytes);
            Assert.Equal(TextNormalizer.ToNfc(text, new ArrayBufferWriter<byte>()).ToArray(), ready.WrittenSpan.ToArray());
        });

    [Fact]
    public void Append_EveryPairOfCuts_EqualsTheWhole()
    {
        byte[] text = [.. Encoding.UTF8.GetBytes("e\u0301中\u1100\u1161\u11A8😀q\u0323\u0307か\u3099"), 0xE3, 0x81, 0xF0, 0x90, 0xF0, 0x90, .. "\u0301"u8];
        byte[] expected = TextNormalizer.ToNfc(text, new ArrayBufferWriter<byte>()).ToArray();
        var normalizer = new StreamingNormalizer();
        var ready = new ArrayBufferWriter<byte>();
        for (int first = 0; first <= text.Length; first++)
        {
            for (int second = first; second <= text.Length; second++)
            {
                ready.ResetWrittenCount();
                normalizer.Append(text.AsSpan(0, first), ready);
                normalizer.Append(text.AsSpan(first, second - first), ready);
                normalizer.Append(text.AsSpan(second), ready);
                normalizer.Complete(ready);
                Assert.Equal(expected, ready.WrittenSpan.ToArray());
            }
        }
    }

    [Theory]
    [InlineData("abc", "ab", 1)]
    [InlineData("abe\u0301", "ab", 3)]
    [InlineData("\u0301\u0302", "", 4)]
    [InlineData("中文", "中", 3)]
    public void Append_OneFragment_HoldsBackFromTheLastBoundary(string text, string written, int held)
    {
        var normalizer = new StreamingNormalizer();
        var ready = new ArrayBufferWriter<byte>();
        normalizer.Append(Encoding.UTF8.GetBytes(text), ready);
        Assert.Equal(written, Encoding.UTF8.GetString(ready.WrittenSpan));
        Assert.Equal(held, normalizer.HeldBytes);
    }

    [Fact]
    public void Append_ByteByByte_HoldsLittle()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("zé😀e\u0301\u0323 中か\u3099", 200)));
        byte[] noise = [.. Enumerable.Repeat<byte[]>([0xF0, 0x90], 500).SelectMany(pair => pair)];
        var normalizer = new StreamingNormalizer();
        var ready = new ArrayBufferWriter<byte>();
        foreach (byte value in text.Concat(noise))
        {
            normalizer.Append([value], ready);
            Assert.InRange(normalizer.HeldBytes, 1, 9);
        }
    }

    [Fact]
    public void Complete_NothingAppended_WritesNothing()
    {
        var ready = new ArrayBufferWriter<byte>();
        new StreamingNormalizer().Complete(ready);
        Assert.Equal(0, ready.WrittenCount);
    }
}

using System.Buffers;
using System.Text;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

/// <summary>Streams of UTF-16 text, and of what a decoder gives back while it runs.</summary>
public class StreamingTextTests
{
    private static readonly Tokenizer s_tokenizer = new(TestModels.Small(special: "<|end|>"));
    private static readonly EncodeOptions s_options = new() { AddBos = true, AllowedSpecial = ["<|end|>"] };

    [Fact]
    public void Append_CharactersCutAnywhere_SameAsEncode() =>
        Gen.Select(TestTexts.Text, TestTexts.CutLengths).Sample((text, cuts) =>
        {
            int[] expected = s_tokenizer.Encode(text, s_options);
            StreamingEncoder encoder = s_tokenizer.CreateStreamingEncoder(s_options);
            for (int round = 0; round < 2; round++)
            {
                var ids = new ArrayBufferWriter<int>();
                for (int start = 0, i = 0; start < text.Length; i++)
                {
                    int end = Math.Min(text.Length, start + cuts[i % cuts.Length]);
                    encoder.Append(text.AsSpan(start..end), ids);
                    start = end;
                }

                encoder.Complete(ids);
                Assert.Equal(expected, ids.WrittenSpan.ToArray());
            }
        }, iter: 1000);

    [Fact]
    public void Append_LongPartsWithPairsOnTheirBorders_SameAsEncode()
    {
        foreach (int before in new[] { 0, 1, 2 })
        {
            string text = new string('x', (1 << 14) - before) + string.Concat(Enumerable.Repeat("😀", 20_000));
            var ids = new ArrayBufferWriter<int>();
            StreamingEncoder encoder = s_tokenizer.CreateStreamingEncoder();
            encoder.Append(text, ids);
            encoder.Complete(ids);
            Assert.Equal(s_tokenizer.Encode(text), ids.WrittenSpan.ToArray());
        }
    }

    [Theory]
    [InlineData("abH", "x", 2)]
    [InlineData("abH", "HL", 2)]
    [InlineData("ab", "L", 2)]
    [InlineData("abH", "LcL", 5)]
    public void Append_LoneSurrogate_SaysWhereInTheText(string first, string second, int index)
    {
        // Attributes cannot hold halves of pairs.
        (first, second) = (Halves(first), Halves(second));
        StreamingEncoder encoder = s_tokenizer.CreateStreamingEncoder();
        var ids = new ArrayBufferWriter<int>();
        encoder.Append(first, ids);
        var error = Assert.Throws<ArgumentException>(() => encoder.Append(second, ids));
        Assert.Contains($"index {index},", error.Message, StringComparison.Ordinal);
    }

    private static string Halves(string text) => text.Replace('H', '\uD83D').Replace('L', '\uDE00');

    [Fact]
    public void Complete_HalfAPair_IsToldAndTheEncoderGoesOn()
    {
        StreamingEncoder encoder = s_tokenizer.CreateStreamingEncoder();
        var ids = new ArrayBufferWriter<int>();
        encoder.Append("ab\uD83D", ids);
        Assert.Throws<ArgumentException>(() => encoder.Append("x"u8, ids));
        encoder.Complete(ids);
        Assert.Equal(s_tokenizer.Encode("ab"), ids.WrittenSpan.ToArray());
        encoder.Append("ab\uD83D", ids);
        Assert.Contains("index 2,", Assert.Throws<ArgumentException>(() => encoder.Complete(ids)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Append_CharactersAndBytesInTurn_IsOneText()
    {
        StreamingEncoder encoder = s_tokenizer.CreateStreamingEncoder();
        var ids = new ArrayBufferWriter<int>();
        encoder.Append("the thi", ids);
        encoder.Append("ng"u8, ids);
        encoder.Append("", ids);
        encoder.Append(""u8, ids);
        encoder.Append(" in 中", ids);
        encoder.Append("文"u8, ids);
        encoder.Complete(ids);
        Assert.Equal(s_tokenizer.Encode("the thing in 中文"), ids.WrittenSpan.ToArray());
    }

    [Fact]
    public void Decoder_EveryIdAlone_PartsAreWholeCharactersOfTheText() =>
        TestTexts.Text.Sample(text =>
        {
            StreamingDecoder decoder = s_tokenizer.CreateStreamingDecoder();
            var all = new StringBuilder();
            foreach (int id in s_tokenizer.Encode(text))
            {
                string part = decoder.Append(id);
                Assert.DoesNotContain('\uFFFD', part);
                Assert.False(part.Length > 0 && (char.IsLowSurrogate(part[0]) || char.IsHighSurrogate(part[^1])));
                all.Append(part);
            }

            Assert.Equal("", decoder.Complete());
            Assert.Equal(text.Normalize(), all.ToString().Normalize());
        }, iter: 500);
}

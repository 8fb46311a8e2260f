using System.Buffers;
using System.Text;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class TokenizerSpanTests
{
    private static readonly Tokenizer s_tokenizer = new(TestModels.Small(special: "<|end|>"));
    private static readonly Tokenizer s_exact = new(TestModels.Small(normalization: TextNormalization.None));
    private static readonly EncodeOptions s_options = new() { AddBos = true, AddEos = true, AllowedSpecial = ["<|end|>"] };

    [Fact]
    public void TryEncode_AnyRoom_FitsOrSaysSo() =>
        Gen.Select(TestTexts.Text, Gen.Int[0, 60], Gen.Bool).Sample((text, room, special) =>
        {
            EncodeOptions? options = special ? s_options : null;
            int[] expected = s_tokenizer.Encode(text, options);
            int[] ids = new int[room];
            Assert.Equal(expected.Length <= room, s_tokenizer.TryEncode(Encoding.UTF8.GetBytes(text), ids, out int written, options));
            Assert.Equal(expected.Length <= room ? expected.Length : 0, written);
            Assert.Equal(expected.Length <= room, s_tokenizer.TryEncode(text, ids, out int same, options));
            Assert.Equal(written, same);
            Assert.True(expected.Length > room || expected.AsSpan().SequenceEqual(ids.AsSpan(0, written)));

            // Exactly enough is enough, whatever the encoder asks for at a time.
            int[] exact = new int[expected.Length];
            Assert.True(s_tokenizer.TryEncode(text, exact, out _, options));
            Assert.Equal(expected, exact);
        }, iter: 500);

    [Fact]
    public void TryEncode_RoomForTheMostThereCanBe_AlwaysFits() =>
        TestTexts.Bytes.Sample(bytes =>
        {
            Assert.True(s_tokenizer.TryEncode(bytes, new int[s_tokenizer.GetMaxTokenCount(bytes.Length)], out _, s_options));
            Assert.True(s_exact.TryEncode(bytes, new int[s_exact.GetMaxTokenCount(bytes.Length)], out _, s_options with { AllowedSpecial = [] }));
        }, iter: 500);

    [Fact]
    public void GetMaxTokenCount_EveryCharacterAndASecondMark_CoversTheNormalForm()
    {
        // What takes a character apart (it composes with nothing behind a mark of another class) is what makes text longer.
        var normal = new ArrayBufferWriter<byte>();
        byte[] utf8 = new byte[8];
        for (int value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.TryCreate(value, out Rune rune))
            {
                continue;
            }

            int length = rune.EncodeToUtf8(utf8);
            Assert.InRange(TextNormalizer.ToNfc(utf8.AsSpan(0, length), normal).Length, 1, 3 * length);
            int marked = length + new Rune(0x0327).EncodeToUtf8(utf8.AsSpan(length));
            Assert.InRange(TextNormalizer.ToNfc(utf8.AsSpan(0, marked), normal).Length, 1, 3 * marked);
        }

        Assert.Equal(32, s_tokenizer.GetMaxTokenCount(10));
        Assert.Equal(12, s_exact.GetMaxTokenCount(10));
        Assert.Throws<OverflowException>(() => s_tokenizer.GetMaxTokenCount(int.MaxValue / 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_tokenizer.GetMaxTokenCount(-1));
    }

    [Fact]
    public void Spans_OfCharacters_SameAsStrings() =>
        TestTexts.Text.Sample(text =>
        {
            char[] framed = [.. "xx", .. text, .. "yy"];
            ReadOnlySpan<char> span = framed.AsSpan(2, text.Length);
            Assert.Equal(s_tokenizer.Encode(text, s_options), s_tokenizer.Encode(span, s_options));
            Assert.Equal(s_tokenizer.EncodeWithOffsets(text, s_options), s_tokenizer.EncodeWithOffsets(span, s_options));
            Assert.Equal(s_tokenizer.NBest(text, 3).Select(s => s.LogProbability), s_tokenizer.NBest(span, 3).Select(s => s.LogProbability));
        }, iter: 200);

    [Fact]
    public void TryDecode_AnyRoom_FitsOrSaysSo() =>
        Gen.Select(TestTexts.Bytes, Gen.Int[0, 80]).Sample((bytes, room) =>
        {
            int[] ids = [1, .. s_exact.Encode(bytes), 2];
            byte[] text = new byte[room];
            Assert.Equal(bytes.Length, s_exact.CountBytes(ids));
            Assert.Equal(bytes.Length <= room, s_exact.TryDecode(ids, text, out int written));
            Assert.Equal(bytes.Length <= room ? bytes.Length : 0, written);
            Assert.True(bytes.Length > room || bytes.AsSpan().SequenceEqual(text.AsSpan(0, written)));
        }, iter: 300);

    [Fact]
    public void SpanMembers_SecondTime_AllocateNothing()
    {
        string text = string.Concat(Enumerable.Repeat("the thing in 中文 e\u0301<|end|>\n", 300));
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        int[] ids = new int[s_tokenizer.GetMaxTokenCount(utf8.Length)];
        var written = new ArrayBufferWriter<int>(ids.Length);
        var decoded = new ArrayBufferWriter<byte>(3 * utf8.Length);
        byte[] bytes = new byte[3 * utf8.Length];
        long Measure(Action action)
        {
            action();
            action();
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        int count = 0;
        StreamingEncoder encoder = s_tokenizer.CreateStreamingEncoder(s_options);
        StreamingDecoder decoder = s_tokenizer.CreateStreamingDecoder();
        (string What, Action Call)[] calls =
        [
            ("bytes", () => { written.ResetWrittenCount(); s_tokenizer.Encode(utf8, written, s_options); }),
            ("characters", () => { written.ResetWrittenCount(); s_tokenizer.Encode(text.AsSpan(), written, s_options); }),
            ("count", () => s_tokenizer.CountTokens(text, s_options)),
            ("into a span", () => s_tokenizer.TryEncode(utf8, ids, out count, s_options)),
            ("characters into a span", () => s_tokenizer.TryEncode(text, ids, out count, s_options)),
            ("into a short span", () => s_tokenizer.TryEncode(utf8, ids.AsSpan(0, 5), out _, s_options)),
            ("decode", () => { decoded.ResetWrittenCount(); s_tokenizer.Decode(ids.AsSpan(0, count), decoded); }),
            ("decode into a span", () => s_tokenizer.TryDecode(ids.AsSpan(0, count), bytes, out _)),
            ("stream", () =>
            {
                written.ResetWrittenCount();
                for (int start = 0; start < utf8.Length; start += 7)
                {
                    encoder.Append(utf8.AsSpan(start, Math.Min(7, utf8.Length - start)), written);
                }

                encoder.Complete(written);
            }),
            ("stream of characters", () =>
            {
                written.ResetWrittenCount();
                for (int start = 0; start < text.Length; start += 7)
                {
                    encoder.Append(text.AsSpan(start, Math.Min(7, text.Length - start)), written);
                }

                encoder.Complete(written);
            }),
            ("stream back", () =>
            {
                decoded.ResetWrittenCount();
                for (int i = 0; i < count; i++)
                {
                    decoder.Append(ids.AsSpan(i, 1), decoded);
                }

                decoder.Complete(decoded);
            }),
        ];
        Assert.All(calls, call => Assert.True(Measure(call.Call) == 0, call.What));
    }

    [Fact]
    public void Sum_OfOffsetsOfEmptyTexts_IsNothing()
    {
        Assert.True(s_tokenizer.TryEncode(""u8, [], out int written));
        Assert.Equal(0, written);
        Assert.False(s_tokenizer.TryEncode("a"u8, [], out _));
        Assert.True(s_tokenizer.TryDecode([], [], out _));
    }
}

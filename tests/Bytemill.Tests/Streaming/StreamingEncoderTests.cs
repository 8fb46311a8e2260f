using System.Buffers;
using System.Text;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class StreamingEncoderTests
{
    private static readonly string[] s_special = ["<|end|>", "<|end|>|>", "<é>"];

    private static readonly Tokenizer[] s_tokenizers =
    [
        new(TestModels.Small(special: s_special)),
        new(TestModels.Small(isolateDigits: true, special: s_special)),
        new(TestModels.Small(normalization: TextNormalization.None, special: s_special)),
        new(TestModels.Small(isolateDigits: true, TextNormalization.None, s_special)),
    ];

    [Fact]
    public void Append_AnyCuts_SameAsEncode() =>
        Gen.Select(Gen.Int[0, 3], TestTexts.Bytes, TestTexts.CutLengths, Gen.Bool, Gen.Bool).Sample((kind, text, cuts, allowed, added) =>
        {
            Tokenizer tokenizer = s_tokenizers[kind];
            var options = new EncodeOptions { AddBos = added, AddEos = added, AllowedSpecial = allowed ? ["<|end|>|>", "<|end|>", "<é>", "<bos>"] : [] };
            int[] expected = tokenizer.Encode(text, options);
            StreamingEncoder encoder = tokenizer.CreateStreamingEncoder(options);
            // Twice: an encoder may be used again.
            for (int round = 0; round < 2; round++)
            {
                Assert.Equal(expected, TestTexts.Stream(encoder, text, cuts));
            }
        }, iter: 3000);

    [Fact]
    public void Complete_NothingAppended_WritesOnlyWhatIsAdded()
    {
        var ids = new ArrayBufferWriter<int>();
        s_tokenizers[0].CreateStreamingEncoder().Complete(ids);
        Assert.Equal(0, ids.WrittenCount);
        s_tokenizers[0].CreateStreamingEncoder(new EncodeOptions { AddBos = true, AddEos = true }).Complete(ids);
        Assert.Equal([1, 2], ids.WrittenSpan.ToArray());
    }

    [Fact]
    public void Append_OrdinaryText_IdsComeAtOnce()
    {
        StreamingEncoder encoder = s_tokenizers[0].CreateStreamingEncoder();
        var ids = new ArrayBufferWriter<int>();
        byte[] text = Encoding.UTF8.GetBytes("the thing in the 中文 text 😀 x abc ");
        int longestWait = 0;
        for (int i = 0; i < text.Length; i++)
        {
            encoder.Append(text.AsSpan(i, 1), ids);
            longestWait = Math.Max(longestWait, i + 1 - s_tokenizers[0].Decode(ids.WrittenSpan).Length);
        }

        // The longest piece has 8 bytes, and the normaliser holds back the last character.
        Assert.InRange(longestWait, 1, 12);
    }

    [Fact]
    public void Append_LongTextOneByteAtATime_BoundedMemory()
    {
        StreamingEncoder encoder = s_tokenizers[2].CreateStreamingEncoder();
        var ids = new ArrayBufferWriter<int>(1 << 20);
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the thing in 中文 ", 10_000)));
        encoder.Append(text.AsSpan(0, 100), ids);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 100; i < text.Length; i++)
        {
            encoder.Append(text.AsSpan(i, 1), ids);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        encoder.Complete(ids);
        Assert.Equal(s_tokenizers[2].Encode(text), ids.WrittenSpan.ToArray());
    }

    [Fact]
    public void Append_TextThatNeverSettles_SameAsEncode()
    {
        // aa and aaa alike: how the line splits shows only at its end.
        byte[] text = new byte[200_000];
        text.AsSpan().Fill((byte)'a');
        StreamingEncoder encoder = s_tokenizers[0].CreateStreamingEncoder();
        var ids = new ArrayBufferWriter<int>();
        foreach (byte[] part in TestTexts.Cut(text, [1, 777, 5000]))
        {
            encoder.Append(part, ids);
        }

        encoder.Complete(ids);
        Assert.Equal(s_tokenizers[0].Encode(text), ids.WrittenSpan.ToArray());
    }

    [Fact]
    public void Append_SpecialTokenCutInTwo_IsFound()
    {
        StreamingEncoder encoder = s_tokenizers[0].CreateStreamingEncoder(new EncodeOptions { AllowedSpecial = ["<|end|>"] });
        var ids = new ArrayBufferWriter<int>();
        encoder.Append("x<|e"u8, ids);
        encoder.Append("nd|>"u8, ids);
        Assert.Equal(s_tokenizers[0].Model.Vocabulary.Count, ids.WrittenSpan[^1]);
    }
}

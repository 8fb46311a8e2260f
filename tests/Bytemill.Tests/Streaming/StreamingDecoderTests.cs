using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class StreamingDecoderTests
{
    private static readonly Tokenizer s_tokenizer = new(TestModels.Small(normalization: TextNormalization.None, special: "<|end|>"));

    [Fact]
    public void Append_AnyIds_NeverHalfACharacterAndSameAsDecodeToString() =>
        Gen.Select(TestTexts.Bytes, TestTexts.CutLengths).Sample((bytes, cuts) =>
        {
            int[] ids = s_tokenizer.Encode(bytes);
            StreamingDecoder decoder = s_tokenizer.CreateStreamingDecoder();
            for (int round = 0; round < 2; round++)
            {
                var text = new ArrayBufferWriter<byte>();
                for (int start = 0, i = 0; start < ids.Length; i++)
                {
                    int end = Math.Min(ids.Length, start + cuts[i % cuts.Length]);
                    decoder.Append(ids.AsSpan(start..end), text);
                    Assert.True(Utf8.IsValid(text.WrittenSpan));
                    start = end;
                }

                decoder.Complete(text);
                Assert.Equal(s_tokenizer.DecodeToString(ids), Encoding.UTF8.GetString(text.WrittenSpan));
            }
        }, iter: 2000);

    [Fact]
    public void Append_CharacterInParts_ComesWhole()
    {
        StreamingDecoder decoder = s_tokenizer.CreateStreamingDecoder();
        int[] ids = s_tokenizer.Encode("語");
        Assert.Equal(3, ids.Length);
        Assert.Equal("", decoder.Append(ids[0]));
        Assert.Equal("", decoder.Append(ids[1]));
        Assert.Equal("語", decoder.Append(ids[2]));
    }

    [Fact]
    public void Append_SpecialTokenInsideACharacter_HasNoBytes()
    {
        StreamingDecoder decoder = s_tokenizer.CreateStreamingDecoder();
        int[] ids = s_tokenizer.Encode("語");
        Assert.Equal("語", decoder.Append(ids[0], 1, ids[1], s_tokenizer.Model.Vocabulary.Count, ids[2]));
    }

    [Fact]
    public void Complete_CharacterThatNeverEnded_IsReplaced()
    {
        StreamingDecoder decoder = s_tokenizer.CreateStreamingDecoder();
        var text = new ArrayBufferWriter<byte>();
        decoder.Append(s_tokenizer.Encode("語").AsSpan(0, 2), text);
        Assert.Equal(0, text.WrittenCount);
        decoder.Complete(text);
        Assert.Equal("\uFFFD", Encoding.UTF8.GetString(text.WrittenSpan));
    }
}

using System.Text;

using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class ChunkSplitterTests
{
    // Newlines, look-alikes of newlines, digits of all lengths, letters of all lengths, neighbours of digits.
    private static readonly Gen<byte[]> s_texts = RandomText.Of(
        Gen.OneOf<int>(
            '\n', '\n', '\n', '\r', '\v', 0x85, 0x2028, 'a', 'b', '0', '9', 0xE9, 0x663, 0x65F, 0x66A, 0xFF15, 0xFF0C, 0x4E2D, 0x3002, 0x1D7CE, 0x1D7CD,
            0x1F600, 0xE000, 0x10FFFF),
        illFormed: true,
        maxParts: 60);

    public static TheoryData<string, int[], int[], int[], int[]> Cases => new()
    {
        // text, then the chunks in bytes: training, encoding, and both with isolated digits
        { "a", [1], [1], [1], [1] },
        { "\n", [1], [1], [1], [1] },
        { "ab\n\ncd\n", [4, 3], [4, 3], [4, 3], [4, 3] },
        { "\n\nab", [2, 2], [2, 2], [2, 2], [2, 2] },
        { "a\r\nb\u0085c\u2028d\ve", [3, 10], [3, 10], [3, 10], [3, 10] },
        { "a12\n", [4], [4], [1, 1, 1, 1], [1, 1, 1, 1] },
        { "7", [1], [1], [1], [1] },
        { "12ab3\n\n4", [7, 1], [7, 1], [1, 1, 2, 1, 2, 1], [1, 1, 2, 1, 2, 1] },
        { "x\u0663\uFF15\U0001D7CEy", [11], [11], [1, 2, 3, 4, 1], [1, 2, 3, 4, 1] },
        { "中文,，２０。", [19], [19], [10, 3, 3, 3], [10, 3, 3, 3] },
        { "½²①Ⅷ一", [13], [13], [13], [13] },
        { "a" + new string('\n', 250), [101, 100, 50], [251], [101, 100, 50], [251] },
        { "a" + new string('\n', 101) + "b", [101, 1, 1], [102, 1], [101, 1, 1], [102, 1] },
        { "1" + new string('\n', 101) + "b", [101, 1, 1], [102, 1], [1, 100, 1, 1], [1, 101, 1] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void NextChunk_NamedCase_CutsHere(string text, int[] training, int[] encoding, int[] trainingDigits, int[] encodingDigits)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(training, Training(bytes, false));
        Assert.Equal(encoding, Encode(bytes, false));
        Assert.Equal(trainingDigits, Training(bytes, true));
        Assert.Equal(encodingDigits, Encode(bytes, true));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("é")]
    [InlineData("中")]
    [InlineData("😀")]
    public void NextTrainingChunk_AroundTheLimit_CountsCodePoints(string character)
    {
        int size = Encoding.UTF8.GetByteCount(character);
        foreach (bool isolateDigits in new[] { false, true })
        {
            Assert.Equal([(9_999 * size) + 1], Training(Repeat(character, 9_999, "\n"), isolateDigits));
            Assert.Equal([(10_000 * size) + 1], Training(Repeat(character, 10_000, "\n"), isolateDigits));
            Assert.Equal([10_000 * size], Training(Repeat(character, 10_000, ""), isolateDigits));
            Assert.Equal([10_000 * size, size + 1], Training(Repeat(character, 10_001, "\n"), isolateDigits));
            Assert.Equal([10_000 * size, 10_000 * size, size], Training(Repeat(character, 20_001, ""), isolateDigits));
            Assert.Equal([(10_000 * size) + 100, 1], Training(Repeat(character, 10_000, new string('\n', 101)), isolateDigits));
            Assert.Equal([(20_001 * size) + 2], Encode(Repeat(character, 20_001, "\n\n"), isolateDigits));
        }
    }

    [Fact]
    public void NextTrainingChunk_MixedWidthsAroundTheLimit_AgreesWithTheRegex()
    {
        foreach (int count in new[] { 2_499, 2_500, 2_501, 5_001 })
        {
            foreach (string tail in new[] { "", "\n", "a\n", "9", "9\n", "é😀\n\nx" })
            {
                byte[] text = Repeat("aé中😀", count, tail);
                Assert.Equal(PlainChunkSplitter.Training(text, false, 10_000), Training(text, false));
                Assert.Equal(PlainChunkSplitter.Training(text, true, 10_000), Training(text, true));
            }
        }
    }

    [Fact]
    public void NextTrainingChunk_IllFormedBytes_CountOneEach()
    {
        byte[] text = [.. Enumerable.Repeat((byte)0x80, 25_000), 0xF0, 0x9F, 0x98];
        Assert.Equal([10_000, 10_000, 5_003], Training(text, false));
        Assert.Equal([10_000, 10_000, 5_003], Training(text, true));
    }

    [Fact]
    public void NextTrainingChunk_AnyBytes_AgreesWithTheRegex() =>
        Gen.Select(s_texts, Gen.Bool, Gen.Int[1, 12]).Sample((text, isolateDigits, limit) =>
            PlainChunkSplitter.Training(text, isolateDigits, limit).SequenceEqual(Training(text, isolateDigits, limit)));

    [Fact]
    public void NextEncodingChunk_AnyBytes_AgreesWithTheRegex() =>
        Gen.Select(s_texts, Gen.Bool).Sample((text, isolateDigits) =>
            PlainChunkSplitter.Encoding(text, isolateDigits).SequenceEqual(Encode(text, isolateDigits)));

    [Fact]
    public void NextChunk_EmptyText_Throws()
    {
        Assert.Throws<ArgumentException>(() => ChunkSplitter.NextTrainingChunk([], false));
        Assert.Throws<ArgumentException>(() => ChunkSplitter.NextEncodingChunk([], true));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkSplitter.NextTrainingChunk("a"u8, false, 0));
    }

    [Fact]
    public void NextTrainingChunk_LargestLimit_DoesNotOverflow() =>
        Assert.Equal(3, ChunkSplitter.NextTrainingChunk("ab\nc"u8, true, int.MaxValue));

    private static List<int> Training(byte[] text, bool isolateDigits, int maxCodePoints = 10_000)
    {
        var lengths = new List<int>();
        for (int i = 0; i < text.Length; i += lengths[^1])
        {
            lengths.Add(ChunkSplitter.NextTrainingChunk(text.AsSpan(i), isolateDigits, maxCodePoints));
        }

        return lengths;
    }

    private static List<int> Encode(byte[] text, bool isolateDigits)
    {
        var lengths = new List<int>();
        for (int i = 0; i < text.Length; i += lengths[^1])
        {
            lengths.Add(ChunkSplitter.NextEncodingChunk(text.AsSpan(i), isolateDigits));
        }

        return lengths;
    }

    private static byte[] Repeat(string part, int count, string tail) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, count)) + tail);
}

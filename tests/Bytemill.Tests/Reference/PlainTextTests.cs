namespace Bytemill.Tests;

/// <summary>Chunk lengths in characters; expected values are those of the reference's patterns under Python's re.</summary>
public class PlainTextTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("\n", false, 1)]
    [InlineData("ab\ncd", false, 3, 2)]
    [InlineData("a\rb\u2028\n\nc", false, 6, 1)]
    [InlineData("a5\n\n5b", false, 4, 2)]
    [InlineData("a5\n\n5b", true, 1, 1, 2, 1, 1)]
    [InlineData("x٣５\n𝟚²½", true, 1, 1, 1, 1, 1, 2)]
    public void Chunks_ShortText_AreTheSameForTrainingAndEncoding(string text, bool isolateDigits, params int[] lengths)
    {
        Assert.Equal(lengths, Lengths(PlainText.TrainingChunks(text, isolateDigits, PlatformNfc.Normalize)));
        Assert.Equal(lengths, Lengths(PlainText.EncodingChunks(text, isolateDigits, PlatformNfc.Normalize)));
    }

    [Theory]
    [InlineData(1, 250, 101, 100, 50)]
    [InlineData(0, 200, 100, 100)]
    [InlineData(9_999, 1, 10_000)]
    [InlineData(10_000, 1, 10_001)]
    [InlineData(10_000, 101, 10_100, 1)]
    [InlineData(10_001, 1, 10_000, 2)]
    [InlineData(20_001, 0, 10_000, 10_000, 1)]
    public void TrainingChunks_LongLine_IsCut(int characters, int newlines, params int[] lengths)
    {
        string text = string.Concat(Enumerable.Repeat("𠀀", characters)) + new string('\n', newlines);

        Assert.Equal(lengths, Lengths(PlainText.TrainingChunks(text, false, PlatformNfc.Normalize)));
        Assert.Equal([characters + newlines], Lengths(PlainText.EncodingChunks(text, false, PlatformNfc.Normalize)));
    }

    /// <summary>Characters are counted by the bytes that begin them.</summary>
    private static IEnumerable<int> Lengths(IEnumerable<string> chunks) =>
        chunks.Select(chunk => chunk.Count(b => b is < '\x80' or > '\xBF'));
}

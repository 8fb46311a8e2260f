using System.Buffers;
using System.Text;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

public class ByteLevelAlphabetTests
{
    [Fact]
    public void ToText_AllBytes_AreDistinctAndComeBack()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(b => (byte)b)];
        string text = ByteLevelAlphabet.ToText(all);
        Assert.Equal(256, text.Distinct().Count());
        Assert.Equal(all, ByteLevelAlphabet.ToBytes(text));
        var utf8 = new ArrayBufferWriter<byte>();
        ByteLevelAlphabet.Write(all, utf8);
        Assert.Equal(text, Encoding.UTF8.GetString(utf8.WrittenSpan));
    }

    // As in GPT-2's vocabulary.
    [Theory]
    [InlineData(" the\n", "ĠtheĊ")]
    [InlineData("é中\0", "Ã©ä¸ŃĀ")]
    public void ToText_KnownPieces_AreThoseOfGpt2(string piece, string text) => Assert.Equal(text, ByteLevelAlphabet.ToText(Encoding.UTF8.GetBytes(piece)));

    [Theory]
    [InlineData("a b")]
    [InlineData("中")]
    [InlineData("\u00AD")]
    public void ToBytes_OtherCharacters_AreNoPiece(string text) => Assert.Null(ByteLevelAlphabet.ToBytes(text));
}

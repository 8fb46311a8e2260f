using System.Text;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class TsvFormatTests
{
    private static readonly string s_file = Encoding.UTF8.GetString(FormatModels.Write(FormatModels.Full, ModelFormat.Tsv));

    [Fact]
    public void Write_Lines_AreAsDocumented()
    {
        string[] lines = s_file.Split('\n');
        Assert.Equal("# bytemill vocabulary 1", lines[0]);
        Assert.Equal("# ensure_unicode=1", lines[1]);
        Assert.Equal("id\tpiece\tcount\tscore", lines[9]);
        Assert.Equal("0\t<pad>\t0\t", lines[10]);
        Assert.Equal(@"3" + "\t" + @"\x00" + "\t1\t" + "-7.111512116496157", lines[13]);
        Assert.Contains(lines, line => line.Contains("\t\\x09\\x09\t4\t-", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("\t the\t50\t-", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("\ta\"b\\\\\t3\t-", StringComparison.Ordinal));
        Assert.EndsWith("\t<é \"\\\\>\t0\t\n", s_file, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FromASpreadsheet_TakesMarkAndLineEndsAndEmptyScores()
    {
        string changed = "\uFEFF" + s_file.Replace("\n", "\r\n", StringComparison.Ordinal);
        Assert.Equal(FormatModels.Full.Hash, Read(changed).Hash);
        string[] rows = [.. s_file.Split('\n').Select(line => line.Contains("\t-", StringComparison.Ordinal) ? line[..line.LastIndexOf('\t')] : line)];
        Assert.Equal(FormatModels.Full.Hash, Read(string.Join('\n', rows)).Hash);
    }

    [Theory]
    [InlineData("\n3\t\\x00\t1\t-7.111512116496157", "\n3\t\\x00\t1\tNaN", "m, line 14: found score 'NaN'; expected a finite number, or nothing")]
    [InlineData("\n3\t\\x00\t1\t-7.111512116496157", "\n3\t\\x00\t1\t-Infinity", "found score '-Infinity'")]
    [InlineData("\n3\t\\x00\t1\t-7.111512116496157", "\n3\t\\x00\t1\t-7", "m, line 14: found score -7; expected -7.111512116496157, ln of the count")]
    [InlineData("\n3\t\\x00\t1\t", "\n3\t\\x00\t-1\t", "found count '-1'")]
    [InlineData("\n3\t\\x00\t1\t", "\n3\t\\x00\t9223372036854775807\t", "sum fits into 63 bits")]
    [InlineData("\n3\t\\x00\t1\t", "\n3\t\\x00\t9223372036854775808\t", "found count '9223372036854775808'")]
    [InlineData("\n3\t\\x00\t1\t", "\n3\t\\x00\t0\t", "found score '-7.111512116496157'; expected nothing, as for every special token")]
    [InlineData("\n3\t", "\n4\t", "m, line 14: found id '4'; expected 3, since every id has a line in order")]
    [InlineData("\n3\t\\x00\t", "\n3\t\\x0\t", "found piece '\\x0'")]
    [InlineData("\n3\t\\x00\t", "\n3\t\\y00\t", "found piece '\\y00'")]
    [InlineData("\n3\t\\x00\t", "\n3\t\t", "found a piece of 0 bytes")]
    [InlineData("\n4\t\\x01\t", "\n4\t\\x00\t", "found piece 0x00 after 0x00; expected distinct pieces")]
    [InlineData("\n3\t\\x00\t1\t", "\n3\t\\x00\t1\t\t", "found 5 columns")]
    [InlineData("\n0\t<pad>", "\n0\t<PAD>", "found special token '<PAD>'; expected '<pad>' with id 0")]
    [InlineData("id\tpiece", "id,piece", "expected the heads of the columns")]
    [InlineData("# order=6", "# order=many", "m, line 8: found '# order=many'")]
    [InlineData("vocabulary 1", "vocabulary 2", "m, line 1: found '# bytemill vocabulary 2'")]
    [InlineData("\t<é \"\\\\>\t0\t\n", "\t<é \"\\\\>\t0\t", "a line without an end")]
    [InlineData("\t<é \"\\\\>\t0\t", "\t<|end|>\t0\t", "'<|end|>') is there twice")]
    [InlineData("\t<é \"\\\\>\t0\t", "\t\\xFF\t0\t", "a special token of bytes 0xFF")]
    public void Read_Damaged_SaysWhereAndWhat(string old, string changed, string message)
    {
        Assert.Contains(old, s_file, StringComparison.Ordinal);
        var error = Assert.Throws<ModelFormatException>(() => Read(s_file.Replace(old, changed, StringComparison.Ordinal)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Escape_AnyBytes_ComeBack() => TestTexts.Bytes.Sample(bytes =>
    {
        string text = PieceEscapes.Escape(bytes);
        Assert.False(text.AsSpan().ContainsAny('\t', '\n', '\r'));
        var back = new System.Buffers.ArrayBufferWriter<byte>();
        Assert.True(PieceEscapes.TryUnescape(Encoding.UTF8.GetBytes(text), back));
        Assert.Equal(bytes, back.WrittenSpan.ToArray());
    }, iter: 1000);

    private static TokenizerModel Read(string text) => TsvFormat.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "m");
}

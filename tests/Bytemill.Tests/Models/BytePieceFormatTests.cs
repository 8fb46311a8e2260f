using System.Text;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class BytePieceFormatTests
{
    private static readonly byte[][] s_faults = [[(byte)'"'], [(byte)'['], [(byte)'}'], [(byte)'\\'], [0xFF]];
    private static readonly byte[] s_file = Write(TestModels.Small());

    [Theory]
    [InlineData("2mb-o6-v8000_4000-c32.model.4000")]
    [InlineData("2mb-o6-v8000_4000-c32.model.8000")]
    [InlineData("2mb-o6-v8000_4000-c4.model.4000")]
    [InlineData("2mb-o6-v8000_4000-c4.model.8000")]
    [InlineData("tiny-o4-v1000-c4-isodigits.model")]
    [InlineData("tiny-o6-v2000-c2.model")]
    [InlineData("tiny-o6-v2000-noensure.model")]
    [InlineData("bytepiece.plus.80k.zip")]
    [InlineData("bytepiece.plus.160k.zip")]
    public void Write_AfterRead_GivesTheReferencesBytes(string name)
    {
        using Stream stream = TestModels.OpenGolden(name);
        using var expected = new MemoryStream();
        stream.CopyTo(expected);
        expected.Position = 0;
        byte[] written = Write(BytePieceFormat.Read(expected));
        Assert.True(expected.ToArray().AsSpan().SequenceEqual(written));
    }

    [Fact]
    public void Read_AfterWrite_BehavesAsTheReference()
    {
        TokenizerModel model = BytePieceFormat.Read(new MemoryStream(s_file));
        Assert.Equal(TestModels.SmallVocabulary.Count, model.Vocabulary.Count);
        Assert.Equal(TextNormalization.Nfc, model.Options.Normalization);
        Assert.False(model.Options.IsolateDigits);
        Assert.Empty(model.SpecialTokens.UserDefined);
        Assert.Equal(s_file, Write(model));
    }

    [Fact]
    public void Write_Text_IsLossyAndEscapedAsPythonDoes()
    {
        // Characters and broken bytes; the expected column is json.dumps(piece.decode(errors='ignore'), ensure_ascii=False).
        (byte[] Piece, string Text)[] cases =
        [
            ("\u0001\u001f\u007f"u8.ToArray(), "\"\\u0001\\u001f\u007f\""),
            ("\"\\/\b\f\n\r\t"u8.ToArray(), "\"\\\"\\\\/\\b\\f\\n\\r\\t\""),
            ("\u2028é中😀"u8.ToArray(), "\"\u2028é中😀\""),
            ([0xE4, 0xB8], "\"\""),
            ([0xB8, 0xAD, (byte)'a'], "\"a\""),
            ([0xE4, (byte)'b', 0xC3, 0xA9], "\"bé\""),
            ([0xED, 0xA0, 0x80, (byte)'c'], "\"c\""),
            ([0xF4, 0x90, 0x80, 0x80], "\"\""),
        ];
        Vocabulary vocabulary = Vocabulary.Create(
            Enumerable.Range(0, 256).Select(b => KeyValuePair.Create(new[] { (byte)b }, 1L)).Concat(cases.Select(c => KeyValuePair.Create(c.Piece, 1L))));
        string json = Encoding.UTF8.GetString(Write(new TokenizerModel(vocabulary, new ModelOptions())));
        foreach ((byte[] piece, string text) in cases)
        {
            Assert.True(vocabulary.TryGetId(piece, out int id));
            Assert.Contains($"    \"{Convert.ToBase64String(piece)}\": [\n        {id},\n        {text},\n        1\n    ]", json, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("[]", "expected an object of pieces")]
    [InlineData("{}", "no piece for the single byte 0x00")]
    [InlineData("{\n\"AA==\": [4, \"\", 1]}", "line 2: found id 4; expected each id from 3 once; the next is 3")]
    [InlineData("{\"AA==\": [3, \"\", 1], \"AQ==\": [3, \"\", 1]}", "the next is 4")]
    [InlineData("{\"AQ==\": [3, \"\", 1], \"AA==\": [4, \"\", 1]}", "piece 0x00 with id 4 after 0x01; expected distinct pieces with ids in order")]
    [InlineData("{\"AA==\": [3, \"\", 1], \"AA==\": [4, \"\", 1]}", "expected distinct pieces")]
    [InlineData("{\"\": [3, \"\", 1]}", "Base64")]
    [InlineData("{\"x\": [3, \"\", 1]}", "found the key 'x'")]
    [InlineData("{\"AA==\": [3.5, \"\", 1]}", "id '3.5'")]
    [InlineData("{\"AA==\": [3, \"\", \"x\"]}", "found 'x'; expected the count of the piece")]
    [InlineData("{\"AA==\": [3, \"\", 0]}", "count '0'; expected a whole number of 63 bits, 1 or more")]
    [InlineData("{\"AA==\": [3, \"\", 9223372036854775808]}", "count '9223372036854775808'")]
    [InlineData("{\"AA==\": [3, \"\", 9223372036854775807], \"AQ==\": [4, \"\", 1]}", "sum fits into 63 bits")]
    [InlineData("{\"AA==\": [3, \"\", 1, 2]}", "the end of [id, text, count]")]
    [InlineData("{\"AA==\": [3, \"\", 1]} x", "line 1, byte 22: 'x' is invalid")]
    [InlineData("{\"AA==\": {}}", "expected [id, text, count]")]
    public void Read_Damaged_SaysWhereAndWhat(string json, string message)
    {
        var error = Assert.Throws<ModelFormatException>(() => BytePieceFormat.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)), "zh.model"));
        Assert.StartsWith("zh.model, line ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyDamage_GivesModelOrFormatException() =>
        Gen.Select(Gen.Int[0, s_file.Length - 1], Gen.OneOf(Gen.Byte.Array[0, 5], Gen.Int[0, s_faults.Length - 1].Select(i => s_faults[i])), Gen.Int[0, 30])
            .Sample((at, bytes, cut) =>
            {
                byte[] file = [.. s_file[..at], .. bytes, .. s_file[Math.Min(at + cut, s_file.Length)..]];
                try
                {
                    BytePieceFormat.Read(new MemoryStream(file));
                }
                catch (ModelFormatException error)
                {
                    Assert.Contains("line ", error.Message, StringComparison.Ordinal);
                }
            }, iter: 2000);

    private static byte[] Write(TokenizerModel model)
    {
        using var stream = new MemoryStream();
        BytePieceFormat.Write(model, stream);
        return stream.ToArray();
    }
}

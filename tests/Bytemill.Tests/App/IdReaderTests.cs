using System.Globalization;
using System.Text;
using Bytemill.App;
using Bytemill.Pipeline;
using CsCheck;

namespace Bytemill.Tests;

public class IdReaderTests
{
    [Theory]
    [InlineData("text", "1 2,3\t4\r\n\n5", "1 2 3 4;;5")]
    [InlineData("text", "7\n", "7")]
    [InlineData("text", "", null)]
    [InlineData("text", "  \n", "")]
    [InlineData("json", "[1,2, 3]\n[]\n[ 4 ]", "1 2 3;;4")]
    [InlineData("json", "[\n1\n,\n2\n]\n", "1 2")]
    [InlineData("json", "", null)]
    public void Append_InPartsOfAnySize_GivesTheTexts(string format, string input, string? expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(input);
        for (int size = 1; size <= bytes.Length + 1; size++)
        {
            Assert.Equal(expected, Read(format == "json" ? IdFormat.Json : IdFormat.Text, [.. bytes.Chunk(size)]));
        }
    }

    [Theory]
    [InlineData("text", "1\n2 abc\n", "in.txt:2: \"abc\" is not an id; expected whole numbers from 0 to 99")]
    [InlineData("text", "1\n\n100", "in.txt:3: 100 is not an id of this model; its ids are 0 to 99")]
    [InlineData("text", "-1", "in.txt:1: \"-1\" is not an id")]
    [InlineData("text", "99999999999999999999", "in.txt:1: 99999999999999999999 is not an id of this model")]
    [InlineData("text", "1234567890123456789012345678901234567890", "in.txt:1: \"12345678901234567890123456789012…\" is not an id")]
    [InlineData("text", "[1]", "in.txt:1: \"[1]\" is not an id")]
    [InlineData("text", "1 \u001b[31m", "in.txt:1: \"<0x1B>[31m\" is not an id")]
    [InlineData("json", "[1,\n2 3]", "in.txt:2: \"3\" where ',' or ']' should stand")]
    [InlineData("json", "1 2", "in.txt:1: \"1\" where '[' should stand")]
    [InlineData("json", "[1,]", "in.txt:1: \"]\" where an id should stand")]
    [InlineData("json", "[[1]]", "in.txt:1: \"[\" where an id should stand")]
    [InlineData("json", "[1.5]", "in.txt:1: \"1.5\" is not an id")]
    [InlineData("json", "[1,2", "in.txt:1: the input ends within an array")]
    [InlineData("json", "[\"a\"]", "in.txt:1: \"\"a\"\" is not an id")]
    public void Append_WhatIsNoId_NamesInputAndLine(string format, string input, string message)
    {
        var error = Assert.Throws<JobInputException>(() => Read(format == "json" ? IdFormat.Json : IdFormat.Text, [Encoding.UTF8.GetBytes(input)]));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((int)IdFormat.UInt16, "01006300", "1 99")]
    [InlineData((int)IdFormat.UInt32, "0100000063000000", "1 99")]
    [InlineData((int)IdFormat.UInt32, "", null)]
    public void Append_Binary_GivesTheIds(int format, string hex, string? expected) =>
        Assert.Equal(expected, Read((IdFormat)format, [.. Convert.FromHexString(hex).Chunk(3)]));

    [Theory]
    [InlineData((int)IdFormat.UInt16, "010063", "in.txt: byte 2: the input ends 1 bytes into an id of 2 bytes")]
    [InlineData((int)IdFormat.UInt32, "01000000FFFFFFFF", "in.txt: byte 4: 4294967295 is not an id of this model")]
    [InlineData((int)IdFormat.UInt16, "01006400", "in.txt: byte 2: 100 is not an id of this model")]
    public void Append_BinaryFault_NamesTheByte(int format, string hex, string message) =>
        Assert.StartsWith(message, Assert.Throws<JobInputException>(() => Read((IdFormat)format, [Convert.FromHexString(hex)])).Message, StringComparison.Ordinal);

    [Fact]
    public void Writer_ThenReader_GiveTheSameIds() =>
        Gen.Int[0, 99].Array[0, 10].Array[1, 5].Select(Gen.Int[0, 3]).Sample((texts, kind) =>
        {
            var format = (IdFormat)kind;
            using var stream = new MemoryStream();
            var writer = new IdWriter(stream, format, pieces: null);
            foreach (int[] ids in texts)
            {
                writer.Write(ids);
                writer.EndText();
            }

            writer.Flush();
            string expected = string.Join(';', texts.Select(ids => string.Join(' ', ids)));
            string? found = Read(format, [.. stream.ToArray().Chunk(7)]);
            Assert.Equal(format.IsBinary() ? string.Join(' ', texts.SelectMany(ids => ids)) : expected, found ?? "");
        }, iter: 300);

    // Ids separated by spaces, texts by semicolons; null without a text.
    private static string? Read(IdFormat format, byte[][] parts)
    {
        List<string> texts = [];
        List<string> ids = [];
        var reader = new IdReader("in.txt", format, 100, id => ids.Add(id.ToString(CultureInfo.InvariantCulture)), () =>
        {
            texts.Add(string.Join(' ', ids));
            ids.Clear();
        });
        foreach (byte[] part in parts)
        {
            reader.Append(part);
        }

        reader.Complete();
        return texts.Count == 0 ? null : string.Join(';', texts);
    }
}

using System.Buffers;
using System.Text;

using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class TextNormalizerTests
{
    [Fact]
    public void ToNfc_OfficialTest_AllColumnsHold()
    {
        // c2 == toNFC(c1) == toNFC(c2) == toNFC(c3); c4 == toNFC(c4) == toNFC(c5)
        Assert.Equal(19_074, NormalizationTestFile.Rows.Count);
        var scratch = new ArrayBufferWriter<byte>();
        foreach (NormalizationTestFile.Row row in NormalizationTestFile.Rows)
        {
            AssertNfc(row.Source, row.Nfc);
            AssertNfc(row.Nfc, row.Nfc);
            AssertNfc(row.Nfd, row.Nfc);
            AssertNfc(row.Nfkc, row.Nfkc);
            AssertNfc(row.Nfkd, row.Nfkc);
        }

        void AssertNfc(int[] from, int[] expected)
        {
            byte[] text = Encode(from);
            byte[] nfc = Encode(expected);
            string name = string.Join(' ', from.Select(c => $"{c:X4}"));
            Assert.True(TextNormalizer.ToNfc(text, scratch).SequenceEqual(nfc), name);
            Assert.True(TextNormalizer.IsNfc(text) == text.AsSpan().SequenceEqual(nfc), name);
        }
    }

    [Fact]
    public void ToNfc_CharactersNotInPart1_AreUnchanged()
    {
        var listed = NormalizationTestFile.Rows.Where(row => row.Part == 1).Select(row => row.Source[0]).ToHashSet();
        var scratch = new ArrayBufferWriter<byte>();
        Span<byte> buffer = stackalloc byte[4];
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            if (Rune.IsValid(codePoint) && !listed.Contains(codePoint))
            {
                ReadOnlySpan<byte> text = buffer[..new Rune(codePoint).EncodeToUtf8(buffer)];
                Assert.True(TextNormalizer.IsNfc(text), $"{codePoint:X4}");
                Assert.True(TextNormalizer.ToNfc(text, scratch) == text, $"{codePoint:X4}");
            }
        }
    }

    public static TheoryData<string, string> Cases => new()
    {
        { "", "" },
        { "plain ASCII", "plain ASCII" },
        { "中文，日本語。한국어 ёй", "中文，日本語。한국어 ёй" },
        { "e\u0301", "é" },
        { "xe\u0301x", "xéx" },
        { "\u0301e", "\u0301e" },
        { "é\u0327", "ȩ\u0301" },
        { "a\u0323\u0307", "ạ\u0307" },
        { "a\u0307\u0323", "ạ\u0307" },
        { "ẹ\u0301", "ẹ\u0301" },
        { "s\u0307\u0323", "ṩ" },
        { "a\u0316\u0301", "á\u0316" },
        { "a\u0301\u0316", "á\u0316" },
        { "a\u0302\u0302\u0301", "â\u0302\u0301" },
        { "\u212B\u2126", "ÅΩ" },
        { "\uFA1B\uF900", "福豈" },
        { "\u1100\u1161\u11A8", "각" },
        { "\uAC00\u11A8\u11A8", "각\u11A8" },
        { "\uAC01\u11A8", "각\u11A8" },
        { "\u1100\u0301\u1161", "\u1100\u0301\u1161" },
        { "\u0958", "\u0915\u093C" },
        { "\u0928\u093C", "\u0929" },
        { "\u09C7\u09BE", "\u09CB" },
        { "\u09C7\u0301\u09BE", "\u09C7\u0301\u09BE" },
        { "か\u3099は\u309A", "がぱ" },
        { "\U0001D15F", "\U0001D158\U0001D165" },
        { "\U00011131\U00011127", "\U0001112E" },
        { "\u0344\u2ADC", "\u0308\u0301\u2ADD\u0338" },
        { "\u1112\u1161\u11ABA\u030A", "한Å" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void ToNfc_NamedCase_GivesThis(string text, string expected)
    {
        var scratch = new ArrayBufferWriter<byte>();
        Assert.Equal(expected, Encoding.UTF8.GetString(TextNormalizer.ToNfc(Encoding.UTF8.GetBytes(text), scratch)));
        Assert.Equal(text == expected, TextNormalizer.IsNfc(Encoding.UTF8.GetBytes(text)));
        Assert.True(TextNormalizer.IsNfc(Encoding.UTF8.GetBytes(expected)));
    }

    [Fact]
    public void ToNfc_IllFormedBytes_PassAndKeepMarksApart()
    {
        var scratch = new ArrayBufferWriter<byte>();
        byte[] text = [.. "e"u8, 0xE3, 0x81, .. "\u0301e\u0301"u8, 0xFF, .. "\u0301\u0316"u8, 0xCC];
        byte[] expected = [.. "e"u8, 0xE3, 0x81, .. "\u0301é"u8, 0xFF, .. "\u0316\u0301"u8, 0xCC];
        Assert.Equal(expected, TextNormalizer.ToNfc(text, scratch).ToArray());
    }

    [Fact]
    public void ToNfc_ScratchInUse_IsEmptiedFirst()
    {
        var scratch = new ArrayBufferWriter<byte>();
        scratch.Write("left over"u8);
        Assert.True(TextNormalizer.ToNfc("é"u8, scratch).SequenceEqual("é"u8));
        Assert.Equal(0, scratch.WrittenCount);
        Assert.True(TextNormalizer.ToNfc("e\u0301"u8, scratch).SequenceEqual("é"u8));
        Assert.True(TextNormalizer.ToNfc("o\u0308"u8, scratch).SequenceEqual("ö"u8));
        Assert.Equal("ö"u8, scratch.WrittenSpan);
    }

    // A million marks of two classes in turn: a quadratic sort would take minutes.
    [Fact]
    public void ToNfc_VeryLongRunOfMarks_SortsThemByClass()
    {
        const int Pairs = 500_000;
        string text = "q" + string.Concat(Enumerable.Repeat("\u0305\u0316", Pairs)) + "e\u0301";
        string expected = "q" + new string('\u0316', Pairs) + new string('\u0305', Pairs) + "é";
        byte[] nfc = TextNormalizer.ToNfc(Encoding.UTF8.GetBytes(text), new ArrayBufferWriter<byte>()).ToArray();
        Assert.True(nfc.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(expected)));
    }

    [Fact]
    public void ToNfc_NormalText_AllocatesNothing()
    {
        byte[] text = Encoding.UTF8.GetBytes("Grüße, 中文，हिन्दी ड\u093C বাংলা কা 한국어 ẹ\u0301 עִבְרִית");
        var scratch = new ArrayBufferWriter<byte>();
        Assert.True(TextNormalizer.ToNfc(text, scratch) == text);
        long before = GC.GetAllocatedBytesForCurrentThread();
        TextNormalizer.ToNfc(text, scratch);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void ToNfc_DenseRandomText_AgreesWithTheTextbook() =>
        NormalizationTexts.Dense.Sample(text =>
        {
            byte[] expected = PlainNormalizer.ToNfc(text);
            Assert.Equal(expected, TextNormalizer.ToNfc(text, new ArrayBufferWriter<byte>()).ToArray());
            Assert.Equal(expected.AsSpan().SequenceEqual(text), TextNormalizer.IsNfc(text));
            Assert.True(TextNormalizer.IsNfc(expected));
        });

    [Fact]
    public void ToNfc_LongRandomRunsOfMarks_AgreeWithTheTextbook() =>
        RandomText.Of(NormalizationTexts.Marks, illFormed: false, maxParts: 200)
            .Sample(text => PlainNormalizer.ToNfc(text).AsSpan().SequenceEqual(TextNormalizer.ToNfc(text, new ArrayBufferWriter<byte>())), iter: 50);

    private static byte[] Encode(int[] codePoints) => RandomText.Concat(Array.ConvertAll(codePoints, RandomText.Encode));
}

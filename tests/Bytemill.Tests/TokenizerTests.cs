using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class TokenizerTests
{
    private static readonly Tokenizer s_crossing = new(new TokenizerModel(
        Vocabulary.Create(Enumerable.Range(0, 256).Select(b => KeyValuePair.Create(new[] { (byte)b }, 5L))
            .Append(KeyValuePair.Create("\na"u8.ToArray(), 900L)).Append(KeyValuePair.Create("a\n\nb"u8.ToArray(), 900L)).Append(KeyValuePair.Create("aa"u8.ToArray(), 50L))),
        new ModelOptions()));

    private static readonly Tokenizer s_tokenizer = new(TestModels.Small(special: ["<|end|>", "<|end|>|>", "<é>"]));
    private static readonly Tokenizer s_exact = new(TestModels.Small(normalization: TextNormalization.None));
    private static readonly Tokenizer s_digits = new(TestModels.Small(isolateDigits: true));
    private static readonly int s_end = s_tokenizer.Model.Vocabulary.Count;

    [Theory]
    [InlineData("", "")]
    [InlineData("the thing", "the| th|ing")]
    [InlineData("abc", "a|bc")]
    [InlineData("a\n\nb", "a|\n\n|b")]
    [InlineData("e\u0301", "é")]
    [InlineData("1234", "123|4")]
    [InlineData("<bos>", "<b|os>")]
    [InlineData("<|end|>", "<|end|>")]
    public void Encode_Text_GivesThePieces(string text, string pieces)
    {
        // " th" is no piece: the space stands alone there.
        string shown = string.Join('|', s_tokenizer.Encode(text).Select(id => s_tokenizer.DecodeToString([id])));
        Assert.Equal(pieces.Replace("| th|", "| |th|", StringComparison.Ordinal), shown);
    }

    [Fact]
    public void Decode_AfterEncode_ReturnsTheNormalisedBytes() =>
        TestTexts.Bytes.Sample(bytes =>
        {
            byte[] normal = TextNormalizer.ToNfc(bytes, new ArrayBufferWriter<byte>()).ToArray();
            Assert.Equal(normal, s_tokenizer.Decode(s_tokenizer.Encode(bytes)));
            Assert.Equal(normal, s_digits.Decode(s_digits.Encode(bytes)));
            Assert.Equal(bytes, s_exact.Decode(s_exact.Encode(bytes)));
        }, iter: 1000);

    [Fact]
    public void Decode_RandomBytes_ReturnsThem() =>
        Gen.Byte.Array[0, 500].Sample(bytes => Assert.Equal(bytes, s_exact.Decode(s_exact.Encode(bytes))), iter: 300);

    [Fact]
    public void Encode_AllOverloads_Agree() =>
        TestTexts.Text.Sample(text =>
        {
            int[] ids = s_tokenizer.Encode(text);
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            var written = new ArrayBufferWriter<int>();
            Assert.Equal(ids, s_tokenizer.Encode(utf8));
            s_tokenizer.Encode(text.AsSpan(), written);
            s_tokenizer.Encode(utf8, written);
            Assert.Equal([.. ids, .. ids], written.WrittenSpan.ToArray());
            Assert.Equal(ids.Length, s_tokenizer.CountTokens(text));
            Assert.Equal(ids.Length, s_tokenizer.CountTokens(utf8));
            Assert.Equal(ids, s_tokenizer.EncodeWithOffsets(text).Select(t => t.Id));
            Assert.Equal(ids, s_tokenizer.EncodeWithOffsets(utf8).Select(t => t.Id));
        }, iter: 300);

    [Fact]
    public void Encode_EachChunk_IsTheTextbooksBestPath()
    {
        Vocabulary vocabulary = TestModels.SmallVocabulary;
        var pieces = new List<ReadOnlyMemory<byte>>();
        var counts = new List<long>();
        for (int id = Vocabulary.FirstPieceId; id < vocabulary.Count; id++)
        {
            pieces.Add(vocabulary.GetPiece(id).ToArray());
            counts.Add(vocabulary.GetCount(id));
        }

        var textbook = new TextbookUnigram(pieces, counts.ToArray());
        TestTexts.Text.Select(Gen.Bool).Sample((text, isolateDigits) =>
        {
            byte[] normal = TextNormalizer.ToNfc(Encoding.UTF8.GetBytes(text), new ArrayBufferWriter<byte>()).ToArray();
            List<int> expected = [];
            for (int start = 0; start < normal.Length;)
            {
                int length = ChunkSplitter.NextEncodingChunk(normal.AsSpan(start), isolateDigits);
                expected.AddRange(textbook.Segment(normal.AsSpan(start, length)).Select(i => i + Vocabulary.FirstPieceId));
                start += length;
            }

            Assert.Equal(expected, (isolateDigits ? s_digits : s_tokenizer).Encode(text));
        }, iter: 300);
    }

    // Short lines are walked together, as many as a window holds, but not where a piece of the vocabulary crosses the end of a line.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Encode_ManyLines_AsEachOfThem(bool piecesCrossLines)
    {
        Tokenizer tokenizer = piecesCrossLines ? s_crossing : s_tokenizer;
        Assert.Equal(!piecesCrossLines, tokenizer.Model.Vocabulary.PiecesStayInLines);
        TestTexts.Bytes.Array[100, 1000].Sample(lines =>
        {
            byte[] text = [.. lines.SelectMany(line => line.Append((byte)'\n'))];
            List<int> expected = [];
            for (int start = 0; start < text.Length;)
            {
                int length = ChunkSplitter.NextEncodingChunk(text.AsSpan(start), isolateDigits: false);
                expected.AddRange(tokenizer.Encode(text.AsSpan(start, length)));
                start += length;
            }

            Assert.Equal(expected, tokenizer.Encode(text));
        }, iter: 30);
    }

    [Fact]
    public void Encode_IsolatedDigits_NoPieceHoldsTwo()
    {
        int[] ids = s_digits.Encode("a123٣٤b\n");
        Assert.Equal(["a", "1", "2", "3", "٣", "٤", "b", "\n"], s_digits.EncodeWithOffsets("a123٣٤b\n").GroupBy(t => t.Start).Select(g => "a123٣٤b\n"[g.Key..g.Max(t => t.End)]));
        Assert.DoesNotContain(ids, id => s_digits.DecodeToString([id]) is "12" or "123" or "٣٤");
    }

    [Fact]
    public void Encode_IsolatedDigits_SecondTimeAllocatesNothing()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("中文 ٣٤ ５ né 123\n", 100)));
        var ids = new ArrayBufferWriter<int>(text.Length);
        s_digits.Encode(text, ids);
        ids.ResetWrittenCount();
        long before = GC.GetAllocatedBytesForCurrentThread();
        s_digits.Encode(text, ids);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Encode_BosAndEos_AreAdded()
    {
        var options = new EncodeOptions { AddBos = true, AddEos = true };
        Assert.Equal([1, .. s_tokenizer.Encode("the"), 2], s_tokenizer.Encode("the", options));
        Assert.Equal([1, 2], s_tokenizer.Encode("", options));
        Assert.Equal(2, s_tokenizer.CountTokens("", options));
        Assert.Equal([new TokenSpan(1, 0, 0), new TokenSpan(2, 3, 3)], s_tokenizer.EncodeWithOffsets("the", options).Where(t => t.Id < 3));
    }

    [Theory]
    [InlineData("", '\uD800', 0)]
    [InlineData("ab", '\uDC00', 2)]
    [InlineData("😀", '\uD83D', 2)]
    public void Encode_LoneSurrogate_SaysWhere(string before, char surrogate, int index)
    {
        var error = Assert.Throws<ArgumentException>(() => s_tokenizer.Encode(before + surrogate + "x"));
        Assert.Contains($"index {index},", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void Decode_UnknownId_NamesIt(int id)
    {
        foreach (Action decode in new Action[]
        {
            () => s_tokenizer.Decode([3, id]), () => s_tokenizer.DecodeToString([id]), () => s_tokenizer.Decode([id], new ArrayBufferWriter<byte>()),
            () => s_tokenizer.CreateStreamingDecoder().Append([id]), () => s_tokenizer.LogProbability([id]),
        })
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(decode);
            Assert.Contains($"no id {id};", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Decode_SpecialIds_HaveNoBytes() =>
        Assert.Equal("the", s_tokenizer.DecodeToString([0, 1, .. s_tokenizer.Encode("the"), s_end, s_end + 2, 2]));

    [Fact]
    public void DecodeToString_IllFormed_BecomesReplacementCharacter()
    {
        int[] ids = s_exact.Encode([(byte)'a', 0xE4, 0xB8, (byte)'b', 0xFF]);
        Assert.Equal("a\uFFFDb\uFFFD", s_exact.DecodeToString(ids));
        Assert.Equal([(byte)'a', 0xE4, 0xB8, (byte)'b', 0xFF], s_exact.Decode(ids));
    }

    [Fact]
    public void Encode_TextThatSpellsSpecialTokens_StaysText()
    {
        string[] hostile = ["<bos>", "<eos>", "<pad>", "<|end|>", "<é>", "a<|end|><|end|>b", "<|end|>|>", "<\u200b|end|>", "<|end|>\n<bos>"];
        foreach (string text in hostile)
        {
            foreach (int[] ids in new[] { s_tokenizer.Encode(text), s_tokenizer.Encode(text, new EncodeOptions { AllowedSpecial = default }) })
            {
                Assert.All(ids, id => Assert.InRange(id, Vocabulary.FirstPieceId, s_end - 1));
                Assert.Equal(text, s_tokenizer.DecodeToString(ids));
            }
        }
    }

    [Theory]
    [InlineData("a<|end|>b", "<|end|>", "a|#0|b")]
    [InlineData("<|end|>|>", "<|end|>", "#0|'|>")]
    [InlineData("<|end|>|>", "<|end|> <|end|>|>", "#1")] // longest first
    [InlineData("<|end|>|", "<|end|> <|end|>|>", "#0|'")]
    [InlineData("<<|end|>", "<|end|>", "<|#0")]
    [InlineData("<bos>a", "<|end|>", "<b|os>|a")] // only what is allowed by name
    [InlineData("<bos>a<eos>", "<bos>", "#bos|a|<|e|os>")]
    [InlineData("<|END|>", "<|end|>", "<|'|E|N|D|'|>")] // as spelled
    [InlineData("<e\u0301>", "<é>", "<|é|>")] // found in the text as given, not in its normal form
    [InlineData("aa<|end|>aa", "<|end|>", "aa|#0|aa")]
    public void Encode_AllowedSpecial_IsMatchedAsAWhole(string text, string allowed, string expected)
    {
        var options = new EncodeOptions { AllowedSpecial = [.. allowed.Split(' ')] };
        int[] ids = s_tokenizer.Encode(text, options);
        string shown = string.Join('|', ids.Select(id => id == 1 ? "#bos" : id >= s_end ? "#" + (id - s_end) : s_tokenizer.DecodeToString([id]).Replace('|', '\'')));
        Assert.Equal(expected, shown);
        Assert.Equal(ids, s_tokenizer.EncodeWithOffsets(text, options).Select(t => t.Id));
    }

    [Fact]
    public void Encode_AllowedSpecial_EqualsPartsBetweenThem() =>
        TestTexts.Text.Sample(text =>
        {
            string[] parts = text.Split("<|end|>");
            List<int> expected = [.. s_tokenizer.Encode(parts[0])];
            foreach (string part in parts[1..])
            {
                expected.Add(s_end);
                expected.AddRange(s_tokenizer.Encode(part));
            }

            Assert.Equal(expected, s_tokenizer.Encode(text, new EncodeOptions { AllowedSpecial = ["<|end|>"] }));
        }, iter: 300);

    [Fact]
    public void Encode_UnknownAllowedName_SaysWhichThereAre()
    {
        var error = Assert.Throws<ArgumentException>(() => s_tokenizer.Encode("a", new EncodeOptions { AllowedSpecial = ["<x>"] }));
        Assert.Contains("no special token '<x>'; it has '<pad>', '<bos>', '<eos>', '<|end|>'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<bos>")]
    [InlineData("<twice>")]
    public void SpecialTokens_BadName_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => TestModels.Small(special: ["<twice>", name]));

    [Fact]
    public void SpecialTokens_NameOfBrokenUnicodeOrTooLong_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => TestModels.Small(special: ["<" + '\uD800' + ">"]));
        Assert.Throws<ArgumentException>(() => TestModels.Small(special: [new string('x', SpecialTokens.MaxNameLength + 1)]));
    }

    [Theory]
    [InlineData("ab the", "ab:0-2|' the':2-6")]
    [InlineData("e\u0301a", "é:0-2|a:2-3")]
    [InlineData("ae\u0301\u0323b", "a:0-1|*:1-4|*:1-4|*:1-4|b:4-5")] // one stretch of three characters became two, of three tokens here
    [InlineData("😀x", "😀:0-2|x:2-3")]
    [InlineData("語", "*:0-1|*:0-1|*:0-1")]
    [InlineData("\n\u1100\u1161\n", "'\n':0-1|가:1-3|'\n':3-4")]
    public void EncodeWithOffsets_String_CountsUtf16Units(string text, string expected)
    {
        string shown = string.Join('|', s_tokenizer.EncodeWithOffsets(text).Select(t => $"{Show(s_tokenizer.DecodeToString([t.Id]))}:{t.Start}-{t.End}"));
        if (text.Contains('\u0323', StringComparison.Ordinal))
        {
            Assert.StartsWith("a:0-1|", shown, StringComparison.Ordinal);
            Assert.EndsWith("|b:4-5", shown, StringComparison.Ordinal);
            Assert.All(s_tokenizer.EncodeWithOffsets(text)[1..^1], t => Assert.Equal((1, 4), (t.Start, t.End)));
            return;
        }

        Assert.Equal(expected, shown);

        static string Show(string piece) => piece == "\uFFFD" ? "*" : piece[0] is ' ' or '\n' ? $"'{piece}'" : piece;
    }

    [Fact]
    public void EncodeWithOffsets_AnyBytes_CoverTheOriginalInOrder() =>
        TestTexts.Bytes.Sample(bytes =>
        {
            TokenSpan[] tokens = s_tokenizer.EncodeWithOffsets(bytes);
            Assert.Equal(s_tokenizer.Encode(bytes), tokens.Select(t => t.Id));
            Assert.Equal(bytes.Length == 0, tokens.Length == 0);
            Assert.Equal((0, bytes.Length), tokens.Length == 0 ? (0, 0) : (tokens[0].Start, tokens[^1].End));
            for (int i = 0; i < tokens.Length; i++)
            {
                Assert.True(tokens[i].Start < tokens[i].End);
                if (i > 0)
                {
                    Assert.True(tokens[i].Start <= tokens[i - 1].End && tokens[i].Start >= tokens[i - 1].Start && tokens[i].End >= tokens[i - 1].End);
                }

                // A token that shares nothing with its neighbours stands for exactly its stretch.
                bool alone = (i == 0 || tokens[i - 1].End <= tokens[i].Start) && (i + 1 == tokens.Length || tokens[i + 1].Start >= tokens[i].End);
                if (alone)
                {
                    byte[] stretch = bytes[tokens[i].Start..tokens[i].End];
                    Assert.Equal(TextNormalizer.ToNfc(stretch, new ArrayBufferWriter<byte>()).ToArray(), s_tokenizer.Decode([tokens[i].Id]));
                }
            }
        }, iter: 1000);

    [Fact]
    public void EncodeWithOffsets_NormalText_TokensAreItsSlices() =>
        TestTexts.Bytes.Sample(bytes =>
        {
            foreach (TokenSpan token in s_exact.EncodeWithOffsets(bytes))
            {
                Assert.True(bytes.AsSpan(token.Start..token.End).SequenceEqual(s_exact.Decode([token.Id])));
            }
        }, iter: 200);

    [Fact]
    public void NBest_ShortTexts_AreThoseOfTheTextbookInOrder() =>
        TestPieces.Random.Select(Gen.Byte[(byte)'a', (byte)'d'].Array[0, 9], Gen.Int[1, 60]).Sample((vocabulary, text, n) =>
        {
            Vocabulary made = Vocabulary.Create(vocabulary.Pieces.Zip(vocabulary.Counts, (p, c) => KeyValuePair.Create(p.ToArray(), c)));
            var tokenizer = new Tokenizer(new TokenizerModel(made, new ModelOptions()));
            var all = new TextbookUnigram(vocabulary.Pieces, vocabulary.Counts).AllSegmentations(text);
            ImmutableArray<Segmentation> best = tokenizer.NBest(text, n);
            Assert.Equal(Math.Min(n, all.Count), best.Length);
            Assert.Equal(tokenizer.Encode(text), best[0].Ids);
            Assert.Equal(best.Length, best.Select(b => string.Join(' ', b.Ids)).Distinct().Count());
            Assert.All(best, b => Assert.Equal(text, tokenizer.Decode(b.Ids.AsSpan())));
            Assert.All(best, b => Assert.Equal(tokenizer.LogProbability(b.Ids.AsSpan()), b.LogProbability));
            double[] expected = [.. all.Select(a => a.Score).OrderDescending().Take(n)];
            Assert.Equal(expected, best.Select(b => b.LogProbability));
        }, iter: 200);

    [Fact]
    public void NBest_SeveralChunks_FirstIsEncode() =>
        TestTexts.Text.Select(Gen.Int[1, 8]).Sample((text, n) =>
        {
            ImmutableArray<Segmentation> best = s_tokenizer.NBest(text, n);
            Assert.Equal(s_tokenizer.Encode(text), best[0].Ids);
            Assert.Equal(best.Length, best.Select(b => string.Join(' ', b.Ids)).Distinct().Count());
            Assert.All(best, b => Assert.Equal(s_tokenizer.DecodeToString(s_tokenizer.Encode(text)), s_tokenizer.DecodeToString(b.Ids.AsSpan())));
            for (int i = 1; i < best.Length; i++)
            {
                Assert.True(best[i].LogProbability <= best[i - 1].LogProbability + 1e-9);
            }
        }, iter: 200);

    [Fact]
    public void LogProbability_Ids_IsTheSumOfScores()
    {
        int[] ids = s_tokenizer.Encode("the thing");
        double sum = 0;
        foreach (int id in ids)
        {
            sum += s_tokenizer.Model.Vocabulary.GetScore(id);
        }

        Assert.Equal(sum, s_tokenizer.LogProbability([1, .. ids, s_end, 2]));
    }

    [Fact]
    public void Encode_ManyThreads_GiveTheSameIds()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => string.Concat(Enumerable.Repeat("the thing\ne\u0301 中文 123 ", i)))];
        int[][] expected = [.. texts.Select(t => s_tokenizer.Encode(t))];
        Parallel.For(0, 800, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => Assert.Equal(expected[i % 200], s_tokenizer.Encode(texts[i % 200])));
    }

    [Fact]
    public void Encode_SecondTime_AllocatesNothing()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the thing in 中文\n", 500)));
        var ids = new ArrayBufferWriter<int>(text.Length);
        s_tokenizer.Encode(text, ids);
        ids.ResetWrittenCount();
        long before = GC.GetAllocatedBytesForCurrentThread();
        s_tokenizer.Encode(text, ids);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Encode_LongLineNotInNfc_NeedsNoSecondCopy(bool isolateDigits)
    {
        Tokenizer tokenizer = isolateDigits ? s_digits : s_tokenizer;
        byte[] line = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the thing e\u0301 中文 123 ", 100_000)));
        Assert.True(line.Length > 2 << 20);
        byte[] normal = TextNormalizer.ToNfc(line, new ArrayBufferWriter<byte>()).ToArray();
        var ids = new ArrayBufferWriter<int>(line.Length);
        long before = GC.GetAllocatedBytesForCurrentThread();
        tokenizer.Encode(line, ids);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Equal(tokenizer.Encode(normal), ids.WrittenSpan.ToArray());
        Assert.Equal(normal, tokenizer.Decode(ids.WrittenSpan));
    }

    [Fact]
    public void Encode_LargeTextIntoArray_LeavesNoLargeBufferBehind()
    {
        var encoder = new TextEncoder(s_tokenizer.Automaton, s_tokenizer.Model.Options, s_tokenizer.Model.Vocabulary.PiecesStayInLines);
        encoder.Encode(new byte[1 << 20], encoder.Ids);
        Assert.Equal(1 << 20, encoder.Ids.WrittenCount);
        encoder.Trim();
        Assert.InRange(encoder.Ids.Capacity, 0, 1 << 18);
    }

    [Fact]
    public void NBest_MoreThanThereAre_GivesAllOfThem()
    {
        Assert.Single(s_tokenizer.NBest("", int.MaxValue));
        ImmutableArray<Segmentation> all = s_tokenizer.NBest("aaa\nab", int.MaxValue);
        // aaa: a|a|a, aa|a, a|aa, aaa, each with the newline; ab: a|b, ab.
        Assert.Equal(8, all.Length);
        Assert.Equal(8, all.Select(b => string.Join(' ', b.Ids)).Distinct().Count());
    }

    [Fact]
    public void Load_IsolatedDigits_OwnFormatHonoursThemAndTheReferencesForgets()
    {
        using var own = new MemoryStream();
        using var foreign = new MemoryStream();
        ModelFile.Write(s_digits.Model, own);
        BytePieceFormat.Write(s_digits.Model, foreign);
        own.Position = foreign.Position = 0;
        Assert.Equal(s_digits.Encode("a123"), Tokenizer.Load(own).Encode("a123"));
        Assert.Equal(s_tokenizer.Encode("a123"), Tokenizer.Load(foreign).Encode("a123"));
        Assert.NotEqual(s_digits.Encode("a123"), s_tokenizer.Encode("a123"));
    }

    [Fact]
    public void Load_EitherFormat_GivesTheSameIds()
    {
        using var own = new MemoryStream();
        using var foreign = new MemoryStream();
        ModelFile.Write(TestModels.Small(), own);
        BytePieceFormat.Write(TestModels.Small(), foreign);
        own.Position = foreign.Position = 0;
        Tokenizer a = Tokenizer.Load(own);
        Tokenizer b = Tokenizer.Load(foreign);
        Assert.Equal(a.Encode("the thing in 中文 123"), b.Encode("the thing in 中文 123"));
    }
}

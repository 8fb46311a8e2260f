using System.Text;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

/// <summary>Special tokens against hostile texts, many names, names that overlap.</summary>
public class SpecialTokenTests
{
    private static readonly string[] s_names =
    [
        "<|end|>", "<|end|>|>", "<|", "|>", "end", "a", "aa", "aaaab", "abab", "ba", "<é>", "é", "\u0301", "中", "中文", "\n", "\n\n", "the", "he t", "<bos", "1", "12", "\0", " ",
    ];

    [Fact]
    public void Encode_OverlappingNames_LeftmostThenLongest() =>
        Gen.Select(TestTexts.Bytes, Gen.Bool.Array[s_names.Length], TestTexts.CutLengths).Sample((bytes, chosen, cuts) =>
        {
            string[] allowed = [.. s_names.Where((_, i) => chosen[i])];
            var tokenizer = new Tokenizer(TestModels.Small().WithSpecialTokens(s_names));
            var options = new EncodeOptions { AllowedSpecial = [.. allowed] };
            List<int> expected = Plain(tokenizer, bytes, allowed);
            Assert.Equal(expected, tokenizer.Encode(bytes, options));
            Assert.Equal(expected, tokenizer.EncodeWithOffsets(bytes, options).Select(t => t.Id));
            Assert.Equal(expected, TestTexts.Stream(tokenizer.CreateStreamingEncoder(options), bytes, cuts));
        }, iter: 1000);

    [Fact]
    public void Find_RandomNamesOverFewLetters_SameAsLookingAtEveryPlace() =>
        Gen.Select(Gen.Char["ab"].Array[1, 6].Select(c => new string(c)).Array[1, 12], Gen.Char["abc"].Array[0, 40].Select(c => new string(c))).Sample((names, text) =>
        {
            string[] distinct = [.. names.Distinct()];
            var tokenizer = new Tokenizer(TestModels.Small().WithSpecialTokens(distinct));
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Assert.Equal(Plain(tokenizer, bytes, distinct), tokenizer.Encode(bytes, new EncodeOptions { AllowedSpecial = [.. names] }));
        }, iter: 1000);

    [Fact]
    public void Encode_TenThousandNames_EachIsFound()
    {
        string[] names = [.. Enumerable.Range(0, 10_000).Select(i => $"<|extra_{i}|>")];
        var tokenizer = new Tokenizer(TestModels.Small().WithSpecialTokens(names));
        int first = tokenizer.Model.Vocabulary.Count;
        Assert.Equal(first + 10_000, tokenizer.Model.IdCount);
        var all = new EncodeOptions { AllowedSpecial = [.. names] };
        Assert.Equal(Enumerable.Range(first, 10_000), tokenizer.Encode(string.Concat(names), all));

        // Text that begins a name at every place.
        byte[] hostile = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<|extra_999", 20_000)));
        var one = new EncodeOptions { AllowedSpecial = ["<|extra_9999|>"] };
        Assert.Equal(tokenizer.Encode(hostile, one), tokenizer.Encode(hostile, all));
    }

    // Each byte goes one state deeper at most and each fall back goes one up at least, so a text costs two looks a byte however many
    // names there are.
    [Fact]
    public void Step_TenThousandNames_FallsBackToShallowerStatesOnly()
    {
        var trie = new NameTrie([.. Enumerable.Range(0, 10_000).Select(i => (Encoding.UTF8.GetBytes($"<|extra_{i}|><|extra_"), i))]);
        Assert.True(trie.StateCount > 10_000);
        for (int state = 1; state < trie.StateCount; state++)
        {
            Assert.True(trie.DepthOf(trie.FallBackOf(state)) < trie.DepthOf(state));
            int next = trie.Step(state, (byte)'<');
            Assert.True(trie.DepthOf(next) <= trie.DepthOf(state) + 1);
        }
    }

    [Fact]
    public void Encode_NamesThatAlmostRepeat_StaysLinear()
    {
        string longName = new string('a', SpecialTokens.MaxNameLength - 1) + "b";
        var tokenizer = new Tokenizer(TestModels.Small().WithSpecialTokens(longName));
        byte[] text = Encoding.UTF8.GetBytes(new string('a', 2_000_000) + "b");
        var options = new EncodeOptions { AllowedSpecial = [longName] };
        TokenSpan last = tokenizer.EncodeWithOffsets(text.AsSpan(^5000..), options)[^1];
        Assert.Equal(new TokenSpan(tokenizer.Model.Vocabulary.Count, 5000 - longName.Length, 5000), last);
        Assert.Equal(tokenizer.CountTokens(text.AsSpan(..^longName.Length)) + 1, tokenizer.CountTokens(text, options));
    }

    [Fact]
    public void WithSpecialTokens_AddedToAModel_NoIdChanges()
    {
        TokenizerModel before = TestModels.Small(special: "<|end|>");
        TokenizerModel after = before.WithSpecialTokens("<sep>", "<cls>");
        Assert.Equal(["<|end|>", "<sep>", "<cls>"], after.SpecialTokens.UserDefined);
        Assert.True(after.SpecialTokens.TryGetId("<cls>", out int id));
        Assert.Equal(before.IdCount + 1, id);
        Assert.Equal(["<|end|>"], before.SpecialTokens.UserDefined);
        Assert.NotEqual(before.Hash, after.Hash);
        Assert.Equal(new Tokenizer(before).Encode("the <sep> thing"), new Tokenizer(after).Encode("the <sep> thing"));

        using var file = new MemoryStream();
        ModelFile.Write(after, file);
        file.Position = 0;
        TokenizerModel read = ModelFile.Read(file);
        Assert.Equal(after.SpecialTokens.UserDefined, read.SpecialTokens.UserDefined);
        Assert.Equal(after.Hash, read.Hash);
    }

    [Theory]
    [InlineData("<|end|>")] // there already
    [InlineData("<bos>")]
    [InlineData("")]
    public void WithSpecialTokens_BadName_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => TestModels.Small(special: "<|end|>").WithSpecialTokens("<new>", name));

    public static TheoryData<string, byte[]> Hostile => new()
    {
        { "as it is", "a<|end|>b"u8.ToArray() },
        { "built in", "<bos><eos><pad>"u8.ToArray() },
        { "nested", "<|<|end|>end|>"u8.ToArray() },
        { "composed by normalisation", "<e\u0301>"u8.ToArray() },
        { "decomposed", "<é>"u8.ToArray() },
        { "zero-width", "<|\u200bend|>"u8.ToArray() },
        { "full width", "＜|end|＞"u8.ToArray() },
        { "within ill-formed UTF-8", [0xE4, 0xB8, .. "<|end|>"u8, 0xFF, .. "<bos>"u8, 0xC3] },
        { "cut by an ill-formed byte", [.. "<|en"u8, 0xFF, .. "d|>"u8] },
        { "surrogate as bytes", [0xED, 0xA0, 0xBD, .. "<|end|>"u8] },
        { "with NUL", "<|end|>\0<\0bos>"u8.ToArray() },
        { "over a line end", "<|end\n|>"u8.ToArray() },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Encode_NothingAllowed_NoTextMakesASpecialToken(string what, byte[] text)
    {
        Assert.NotEmpty(what);
        foreach (TextNormalization normalization in Enum.GetValues<TextNormalization>())
        {
            var tokenizer = new Tokenizer(TestModels.Small(normalization: normalization, special: ["<|end|>", "<é>", "<|end", "|>"]));
            int[] ids = tokenizer.Encode(text);
            Assert.DoesNotContain(ids, tokenizer.IsSpecial);
            Assert.DoesNotContain(tokenizer.NBest(text, 5).SelectMany(s => s.Ids), tokenizer.IsSpecial);
            Assert.DoesNotContain(tokenizer.EncodeWithOffsets(text), token => tokenizer.IsSpecial(token.Id));
            foreach (int cut in new[] { 1, 2, 3, 5 })
            {
                Assert.Equal(ids, TestTexts.Stream(tokenizer.CreateStreamingEncoder(), text, [cut]));
            }

            // What was not allowed is not made by decoding and encoding again either.
            Assert.Equal(ids, tokenizer.Encode(tokenizer.Decode(ids)));
        }
    }

    [Theory]
    [InlineData("<e\u0301>", 0)] // in the text as given it is spelled otherwise
    [InlineData("<é>", 1)]
    [InlineData("<<é>>", 1)]
    [InlineData("<é\u0323>", 0)]
    public void Encode_AllowedName_IsFoundInTheTextAsGiven(string text, int expected)
    {
        var tokenizer = new Tokenizer(TestModels.Small(special: "<é>"));
        int[] ids = tokenizer.Encode(text, new EncodeOptions { AllowedSpecial = ["<é>"] });
        Assert.Equal(expected, ids.Count(tokenizer.IsSpecial));
    }

    [Fact]
    public void Encode_NamesWithinIllFormedBytes_AreFoundAndTheBytesKept()
    {
        var tokenizer = new Tokenizer(TestModels.Small(special: "<|end|>"));
        byte[] text = [0xE4, 0xB8, .. "<|end|>"u8, 0xAD, 0xFF];
        int[] ids = tokenizer.Encode(text, new EncodeOptions { AllowedSpecial = ["<|end|>"] });
        Assert.Equal([Vocabulary.FirstPieceId + 0xE4, Vocabulary.FirstPieceId + 0xB8, tokenizer.Model.Vocabulary.Count, Vocabulary.FirstPieceId + 0xAD, Vocabulary.FirstPieceId + 0xFF], ids);
    }

    [Fact]
    public void Encode_NameInsideOfAPiece_CutsThePieceOnlyWhereAllowed()
    {
        var tokenizer = new Tokenizer(TestModels.Small(special: "he"));
        Assert.Equal(["the"], tokenizer.Encode("the").Select(id => tokenizer.DecodeToString([id])));
        Assert.Equal("t#", string.Concat(tokenizer.Encode("the", new EncodeOptions { AllowedSpecial = ["he"] }).Select(id => tokenizer.IsSpecial(id) ? "#" : tokenizer.DecodeToString([id]))));
    }

    [Fact]
    public void Encode_UnknownNameAmongThousands_MessageStaysShort()
    {
        var tokenizer = new Tokenizer(TestModels.Small().WithSpecialTokens(Enumerable.Range(0, 10_000).Select(i => $"<{i}>")));
        var error = Assert.Throws<ArgumentException>(() => tokenizer.Encode("a", new EncodeOptions { AllowedSpecial = ["<x>"] }));
        Assert.Contains("'<x>'", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1, 500);
    }

    [Fact]
    public void DecodeWithSpecialTokens_Ids_ShowsNames()
    {
        var tokenizer = new Tokenizer(TestModels.Small(special: "<|end|>"));
        int end = tokenizer.Model.Vocabulary.Count;
        Assert.Equal("<bos>the thing<|end|>中<eos>", tokenizer.DecodeWithSpecialTokens([1, .. tokenizer.Encode("the thing"), end, .. tokenizer.Encode("中"), 2]));
        Assert.Equal("", tokenizer.DecodeWithSpecialTokens([]));
    }

    // Looks at every place for every name.
    private static List<int> Plain(Tokenizer tokenizer, byte[] text, string[] allowed)
    {
        List<int> ids = [];
        int begun = 0;
        for (int at = 0; at < text.Length;)
        {
            string? best = allowed.Where(name => text.AsSpan(at).StartsWith(Encoding.UTF8.GetBytes(name))).MaxBy(name => Encoding.UTF8.GetByteCount(name));
            if (best is null)
            {
                at++;
                continue;
            }

            ids.AddRange(tokenizer.Encode(text.AsSpan(begun..at)));
            Assert.True(tokenizer.Model.SpecialTokens.TryGetId(best, out int id));
            ids.Add(id);
            at += Encoding.UTF8.GetByteCount(best);
            begun = at;
        }

        ids.AddRange(tokenizer.Encode(text.AsSpan(begun)));
        return ids;
    }
}

using System.Buffers;
using System.Text;
using Bytemill.MLTokenizers;
using Bytemill.Tokenization;
using CsCheck;
using Microsoft.ML.Tokenizers;
using Tokenizer = Bytemill.Tokenization.Tokenizer;

namespace Bytemill.Tests;

/// <summary>The contract of Microsoft.ML.Tokenizers, beside its own Tiktoken tokenizer where that follows it.</summary>
public class BytemillTokenizerTests
{
    private static readonly Tokenizer s_inner = new(TestModels.Small(special: ["<|end|>", "<é>"]));
    private static readonly Tokenizer s_innerExact = new(TestModels.Small(normalization: TextNormalization.None));
    private static readonly BytemillTokenizer s_tokenizer = new(s_inner);
    private static readonly BytemillTokenizer s_exact = new(s_innerExact);
    private static readonly EncodeOptions s_options = new() { AddBos = true, AddEos = true, AllowedSpecial = ["<|end|>", "<é>", "<bos>"] };
    private static readonly BytemillTokenizer s_special = new(s_inner, s_options);

    // All 256 bytes and two words, as Tiktoken has them: characters of several bytes are cut, as by our small model.
    private static readonly TiktokenTokenizer s_tiktoken = CreateTiktoken();

    [Fact]
    public void EncodeToIds_AnyText_SameAsTheInnerTokenizer() =>
        TestTexts.Text.Sample(text =>
        {
            Assert.Equal(s_inner.Encode(text), s_tokenizer.EncodeToIds(text));
            Assert.Equal(s_inner.Encode(text), s_tokenizer.EncodeToIds(text.AsSpan()));
            Assert.Equal(s_innerExact.Encode(text), s_exact.EncodeToIds(text));
            Assert.Equal(s_inner.Encode(text, s_options), s_special.EncodeToIds(text));
            Assert.Equal(s_inner.Encode(text, s_options).Length, s_special.CountTokens(text));
            Assert.Equal(s_inner.Encode(text).Length, s_tokenizer.CountTokens(text.AsSpan()));
            // Without normalisation: as a model that has none.
            Assert.Equal(s_innerExact.Encode(text), s_tokenizer.EncodeToIds(text, considerNormalization: false));
            Assert.Equal(s_innerExact.Encode(text).Length, s_tokenizer.CountTokens(text, considerNormalization: false));
        }, iter: 300);

    [Fact]
    public void EncodeToTokens_AnyText_PlacesCoverTheNormalForm() =>
        TestTexts.Text.Sample(text =>
        {
            foreach (BytemillTokenizer tokenizer in new[] { s_tokenizer, s_special, s_exact })
            {
                IReadOnlyList<EncodedToken> tokens = tokenizer.EncodeToTokens(text, out string? normalized);
                Assert.Equal(tokenizer.EncodeToIds(text), tokens.Select(token => token.Id));
                Assert.Equal(tokenizer == s_exact, normalized is null);
                string shown = normalized ?? text;
                Assert.True(tokenizer == s_special || shown == (tokenizer == s_exact ? text : text.Normalize()));
                int end = 0;
                foreach (EncodedToken token in tokens)
                {
                    (int start, int stop) = (token.Offset.Start.Value, token.Offset.End.Value);
                    Assert.True(start <= end && stop >= end && stop <= shown.Length);
                    // What is no part of a character is what the text says there.
                    Assert.True(token.Value.Contains("<0x", StringComparison.Ordinal) || start == stop || shown[start..stop] == token.Value, token.Value);
                    end = Math.Max(end, stop);
                }

                Assert.Equal(shown.Length, end);
            }
        }, iter: 300);

    [Fact]
    public void Decode_AfterEncode_IsTheNormalForm() =>
        TestTexts.Text.Sample(text =>
        {
            Assert.Equal(text.Normalize(), s_tokenizer.Decode(s_tokenizer.EncodeToIds(text)));
            Assert.Equal(text, s_exact.Decode(s_exact.EncodeToIds(text)));
            Assert.Equal(text, s_exact.Decode(s_exact.EncodeToIds(text).ToList()));
        }, iter: 300);

    [Fact]
    public void EncodeToIds_AtMostSoMany_ArePrefixesThatEndAtCharacters() =>
        Gen.Select(TestTexts.Text, Gen.Int[1, 20]).Sample((text, max) =>
        {
            foreach (BytemillTokenizer tokenizer in new[] { s_tokenizer, s_special, s_exact })
            {
                IReadOnlyList<int> all = tokenizer.EncodeToIds(text);
                IReadOnlyList<int> some = tokenizer.EncodeToIds(text, max, out string? normalized, out int consumed);
                string shown = normalized ?? text;
                Assert.True(some.Count <= max);
                Assert.Equal(all.Take(some.Count), some);
                Assert.True(some.Count == all.Count ? consumed == shown.Length : max - some.Count < 4);
                Assert.False(consumed < shown.Length && char.IsLowSurrogate(shown[consumed]));
                Assert.True(tokenizer == s_special || tokenizer.Decode(some) == shown[..consumed]);

                Assert.Equal(consumed, tokenizer.GetIndexByTokenCount(text, max, out string? again, out int count));
                Assert.Equal((normalized, some.Count), (again, count));
                int first = tokenizer.GetIndexByTokenCountFromEnd(text, max, out _, out int last);
                Assert.True(last <= max && (last == all.Count ? first == 0 : max - last < 4));
                Assert.True(tokenizer == s_special || tokenizer.Decode(all.Skip(all.Count - last)) == shown[first..]);
            }
        }, iter: 300);

    [Theory]
    [InlineData("a😀the")]
    [InlineData("😀😀")]
    [InlineData("the")]
    [InlineData("語the語")]
    public void GetIndexByTokenCount_CharactersOfSeveralTokens_AsTiktokenHasIt(string text)
    {
        // Both cut 😀 and 語 into their bytes here, so that the same numbers must come out.
        var bytesOnly = new BytemillTokenizer(new Tokenizer(new TokenizerModel(
            Vocabulary.Create([.. Enumerable.Range(0, 256).Select(b => KeyValuePair.Create(new[] { (byte)b }, 1L)), KeyValuePair.Create("the"u8.ToArray(), 9L)]),
            new ModelOptions { Normalization = TextNormalization.None })));
        Assert.Equal(s_tiktoken.CountTokens(text), bytesOnly.CountTokens(text));
        for (int max = 1; max < 12; max++)
        {
            Assert.Equal(s_tiktoken.GetIndexByTokenCount(text, max, out _, out int expected), bytesOnly.GetIndexByTokenCount(text, max, out _, out int found));
            Assert.Equal(expected, found);
            Assert.Equal(s_tiktoken.GetIndexByTokenCountFromEnd(text, max, out _, out expected), bytesOnly.GetIndexByTokenCountFromEnd(text, max, out _, out found));
            Assert.Equal(expected, found);
        }
    }

    [Fact]
    public void LoneSurrogates_AreReplacementCharacters()
    {
        // Attributes and literals of tests cannot hold halves of pairs.
        string text = "a" + '\uD83D' + "b" + '\uDE00' + '\uD83D';
        Assert.StartsWith("a\uFFFD", s_tiktoken.Decode(s_tiktoken.EncodeToIds(text)), StringComparison.Ordinal);
        foreach (BytemillTokenizer tokenizer in new[] { s_tokenizer, s_exact })
        {
            Assert.Equal("a\uFFFDb\uFFFD\uFFFD", tokenizer.Decode(tokenizer.EncodeToIds(text)));
            Assert.Equal(5, tokenizer.EncodeToTokens(text, out _)[^1].Offset.End.Value);
            Assert.Equal(tokenizer.EncodeToIds(text).Count, tokenizer.CountTokens(text));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void EncodeToIds_NoTokensAllowed_IsRefused_AsTiktokenHasIt(int max)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => s_tiktoken.EncodeToIds("abc", max, out _, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_tokenizer.EncodeToIds("abc", max, out _, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_tokenizer.GetIndexByTokenCount("abc", max, out _, out _));
    }

    [Fact]
    public void Empty_TextsAndIds_AreNothing()
    {
        Assert.Empty(s_tokenizer.EncodeToIds(""));
        Assert.Empty(s_tokenizer.EncodeToTokens("", out _));
        Assert.Equal(0, s_tokenizer.CountTokens(""));
        Assert.Equal("", s_tokenizer.Decode([]));
        Assert.Equal(0, s_tokenizer.GetIndexByTokenCount("", 5, out _, out int count));
        Assert.Equal(0, count);
        Assert.Throws<ArgumentNullException>(() => s_tokenizer.Decode(null!));
    }

    [Fact]
    public void Decode_IntoASpan_WritesWholeCharactersAndSaysWhatItTook() =>
        Gen.Select(TestTexts.Text, Gen.Int[0, 30]).Sample((text, room) =>
        {
            IReadOnlyList<int> ids = s_exact.EncodeToIds(text);
            char[] destination = new char[room];
            OperationStatus status = s_exact.Decode(ids, destination, out int consumed, out int written);
            Assert.Equal(text.Length <= room ? OperationStatus.Done : OperationStatus.DestinationTooSmall, status);
            Assert.Equal(s_exact.Decode(ids.Take(consumed)), new string(destination, 0, written));
            Assert.True(status != OperationStatus.Done || consumed == ids.Count);

            // The rest is decoded from where it stopped.
            char[] rest = new char[text.Length];
            Assert.Equal(OperationStatus.Done, s_exact.Decode(ids.Skip(consumed), rest, out _, out int more));
            Assert.Equal(text, new string(destination, 0, written) + new string(rest, 0, more));
        }, iter: 300);

    [Fact]
    public void Decode_WhatIsNotWholeOrNoId_SaysSo()
    {
        int[] ids = s_innerExact.Encode("a語");
        char[] text = new char[10];
        Assert.Equal(OperationStatus.NeedMoreData, s_exact.Decode(ids[..3], text, out int consumed, out int written));
        Assert.Equal((1, 1), (consumed, written));
        Assert.Equal(OperationStatus.InvalidData, s_exact.Decode([ids[0], 999_999], text, out consumed, out written));
        Assert.Equal((1, 1), (consumed, written));
        Assert.Contains("999999", Assert.Throws<InvalidOperationException>(() => s_exact.Decode([ids[0], 999_999])).Message, StringComparison.Ordinal);
        // Bytes that are wrong for ever are replaced at once.
        Assert.Equal(OperationStatus.Done, s_exact.Decode(s_innerExact.Encode([0xE4, (byte)'b', 0xFF]), text, out consumed, out written));
        Assert.Equal("\uFFFDb\uFFFD", new string(text, 0, written));
        Assert.Equal(3, consumed);
    }

    [Fact]
    public void EncodeToTokens_PiecesThatAreNoText_AreShownAsBytes()
    {
        IReadOnlyList<EncodedToken> tokens = s_tokenizer.EncodeToTokens("a語<|end|>", out _);
        Assert.Equal(["a", "<0xE8>", "<0xAA>", "<0x9E>", "<|end|>"], tokens.Select(token => token.Value));
        Assert.All(tokens.Skip(1).Take(3), token => Assert.Equal(1..2, token.Offset));
        Assert.DoesNotContain(tokens, token => s_inner.IsSpecial(token.Id));
    }

    [Fact]
    public void EncodeToTokens_SpecialTokens_OnlyWhereAllowedAndInTheTextAsGiven()
    {
        IReadOnlyList<EncodedToken> tokens = s_special.EncodeToTokens("a<|end|><e\u0301>", out string? normalized);
        Assert.Equal("a<|end|><é>", normalized);
        Assert.Equal(s_inner.Encode("a<|end|><e\u0301>", s_options), tokens.Select(token => token.Id));
        Assert.Equal([("<bos>", 0..0), ("a", 0..1), ("<|end|>", 1..8)], tokens.Take(3).Select(token => (token.Value, token.Offset)));
        Assert.Equal(("<eos>", 11..11), (tokens[^1].Value, tokens[^1].Offset));
        Assert.Equal(3, tokens.Count(token => s_inner.IsSpecial(token.Id)));
        Assert.Throws<ArgumentException>(() => new BytemillTokenizer(s_inner, new EncodeOptions { AllowedSpecial = ["<x>"] }));
    }

    [Fact]
    public void Load_AModelFile_IsTheSameTokenizer()
    {
        using var file = new MemoryStream();
        ModelFile.Write(s_inner.Model, file);
        file.Position = 0;
        BytemillTokenizer loaded = BytemillTokenizer.Load(file);
        Assert.Equal(s_tokenizer.EncodeToIds("the thing in 中文"), loaded.EncodeToIds("the thing in 中文"));
        Assert.NotNull(loaded.Normalizer);
        Assert.Null(s_exact.Normalizer);
        Assert.Null(loaded.PreTokenizer);
        Assert.Equal("é", loaded.Normalizer.Normalize("e\u0301"));
    }

    private static TiktokenTokenizer CreateTiktoken()
    {
        string[] ranks =
        [
            .. Enumerable.Range(0, 256).Select(b => $"{Convert.ToBase64String([(byte)b])} {b}"),
            $"{Convert.ToBase64String("th"u8)} 256", $"{Convert.ToBase64String("the"u8)} 257",
        ];
        using var stream = new MemoryStream(Encoding.ASCII.GetBytes(string.Join('\n', ranks)));
        return TiktokenTokenizer.Create(stream, preTokenizer: null, normalizer: null);
    }
}

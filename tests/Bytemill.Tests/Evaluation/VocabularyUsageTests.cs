using System.Text;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

/// <summary>Metrics against formulas written out plainly.</summary>
public class VocabularyUsageTests
{
    private static readonly Tokenizer s_tokenizer = new(TestModels.Small());
    private static readonly Vocabulary s_vocabulary = s_tokenizer.Model.Vocabulary;

    [Fact]
    public void Usage_AnyTexts_IsThatOfThePlainFormulas() =>
        TestTexts.Text.Array[1, 20].Sample(texts =>
        {
            var statistics = new TokenStatistics(s_vocabulary);
            foreach (string text in texts)
            {
                statistics.Add(Encoding.UTF8.GetBytes(text), s_tokenizer.Encode(text));
            }

            var usage = new VocabularyUsage(statistics);
            string[] tokens = [.. texts.SelectMany(text => s_tokenizer.Encode(text)).Select(id => Convert.ToHexString(s_tokenizer.Decode([id])))];
            Assert.Equal(texts.Length, usage.Totals.Texts);
            Assert.Equal(tokens.Length, usage.Totals.Tokens);
            Assert.Equal(texts.Sum(text => text.EnumerateRunes().Count()), usage.Totals.Characters);
            Assert.Equal(texts.Sum(Encoding.UTF8.GetByteCount), usage.Totals.TextBytes);
            Assert.Equal(tokens.Count(token => token.Length == 2), usage.Totals.SingleByteTokens);
            Assert.Equal(tokens.Count(token => token.Length == 2 && token[0] >= '8'), usage.Totals.FragmentTokens);
            for (int length = 1; length < usage.TokensOfLength.Length; length++)
            {
                Assert.Equal(tokens.Count(token => token.Length == 2 * length), usage.TokensOfLength[length]);
                Assert.Equal(Pieces().Count(piece => piece.Length == 2 * length), usage.PiecesOfLength[length]);
            }

            var counts = tokens.CountBy(token => token).ToDictionary(StringComparer.Ordinal);
            Assert.Equal(Pieces().Where(piece => piece.Length > 2 && !counts.ContainsKey(piece)), usage.FindUnused().Select(Hex));
            Assert.Equal(counts.Values.OrderDescending().Select(count => (long)count), usage.CountsByRank());
            Assert.Equal(
                Pieces().Where(counts.ContainsKey).Select((piece, rank) => (piece, rank)).OrderByDescending(p => counts[p.piece]).ThenBy(p => p.rank).Select(p => p.piece).Take(5),
                usage.FindMostUsed(5).Select(Hex));
            if (tokens.Length == 0)
            {
                Assert.True(double.IsNaN(usage.RenyiEfficiency) && double.IsNaN(usage.Totals.BytesPerToken) && double.IsNaN(usage.Totals.SingleByteShare));
                Assert.Empty(usage.FindOverUsed(5));
                return;
            }

            double renyi = Math.Log(counts.Values.Sum(count => Math.Pow((double)count / tokens.Length, 2.5))) / (1 - 2.5) / Math.Log(s_vocabulary.Count - 3);
            Assert.Equal(renyi, usage.RenyiEfficiency, 1e-12);
            Assert.Equal((double)usage.Totals.TextBytes / tokens.Length, usage.Totals.BytesPerToken);
            Assert.All(usage.FindOverUsed(5), id => Assert.True(usage.GetCount(id) > usage.ExpectedCount(id)));
        }, iter: 200);

    [Fact]
    public void FindOverUsed_Counts_AreByExcess()
    {
        // "the" makes 30 of all counts of training, "in" 20; here "in" makes up everything.
        var statistics = new TokenStatistics(s_vocabulary);
        Assert.True(s_vocabulary.TryGetId("in"u8, out int id));
        statistics.Add("inin"u8, [id, id]);
        var usage = new VocabularyUsage(statistics);
        Assert.Equal([id], usage.FindOverUsed(10));
        Assert.Equal(2.0 * s_vocabulary.GetCount(id) / s_vocabulary.TotalCount, usage.ExpectedCount(id), 1e-15);
    }

    [Fact]
    public void RenyiEfficiency_EveryPieceAlike_IsOne()
    {
        Assert.Equal(1, VocabularyUsage.ComputeRenyiEfficiency([7, 7, 7, 7, 7, 7]), 1e-14);
        Assert.Equal(0, VocabularyUsage.ComputeRenyiEfficiency([7, 0, 0]), 1e-14);
        Assert.True(double.IsNaN(VocabularyUsage.ComputeRenyiEfficiency([0, 0])));
    }

    [Fact]
    public void RenyiEfficiency_KnownCounts_HasTheseBits()
    {
        // Only products, roots and the library's own logarithm: the same double on every machine.
        long[] counts = [.. Enumerable.Range(1, 5000).Select(rank => 1_000_000_007L / rank)];
        Assert.Equal(Expected(counts), VocabularyUsage.ComputeRenyiEfficiency(counts), 1e-13);
        Assert.InRange(VocabularyUsage.ComputeRenyiEfficiency([long.MaxValue / 4, long.MaxValue / 4, 1]), 0.6, 0.7);

        static double Expected(long[] counts)
        {
            double total = counts.Sum();
            return Math.Log(counts.Sum(count => Math.Pow(count / total, 2.5))) / -1.5 / Math.Log(counts.Length);
        }
    }

    [Fact]
    public void Add_PartsInAnyOrder_GiveTheSame() =>
        TestTexts.Text.Array[0, 20].Select(Gen.Int[1, 4]).Sample((texts, parts) =>
        {
            var whole = new TokenStatistics(s_vocabulary);
            TokenStatistics[] split = [.. Enumerable.Range(0, parts).Select(_ => new TokenStatistics(s_vocabulary))];
            for (int i = 0; i < texts.Length; i++)
            {
                byte[] utf8 = Encoding.UTF8.GetBytes(texts[i]);
                whole.Add(utf8, s_tokenizer.Encode(utf8));
                split[i % parts].Add(utf8, s_tokenizer.Encode(utf8));
            }

            var joined = new TokenStatistics(s_vocabulary);
            foreach (TokenStatistics part in split.Reverse())
            {
                joined.Add(part);
            }

            Assert.Equal(whole.Totals, joined.Totals);
            Assert.True(whole.Counts.SequenceEqual(joined.Counts));
        }, iter: 100);

    [Fact]
    public void Add_WhatIsNoPieceOrOfAnotherVocabulary_IsRefusedAndNothingCounted()
    {
        var statistics = new TokenStatistics(s_vocabulary);
        foreach (int id in new[] { -1, 0, 1, 2, s_vocabulary.Count })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => statistics.Add("a"u8, [3 + 'a', id]));
        }

        Assert.Equal(default, statistics.Totals);
        Assert.Equal(0, statistics.Counts[3 + 'a']);
        var other = Vocabulary.Create(Enumerable.Range(0, 256).Select(b => KeyValuePair.Create(new[] { (byte)b }, 1L)));
        Assert.Throws<ArgumentException>(() => statistics.Add(new TokenStatistics(other)));
    }

    private static IEnumerable<string> Pieces() => Enumerable.Range(3, s_vocabulary.Count - 3).Select(Hex);

    private static string Hex(int id) => Convert.ToHexString(s_vocabulary.GetPiece(id));
}

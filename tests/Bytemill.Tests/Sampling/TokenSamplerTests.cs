using System.Buffers;
using System.Text;
using System.Text.Json;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class TokenSamplerTests
{
    private const int Draws = 20_000;

    private static readonly Tokenizer[] s_tokenizers =
    [
        new(TestModels.Small()),
        new(TestModels.Small(isolateDigits: true)),
        new(TestModels.Small(normalization: TextNormalization.None)),
        new(TestModels.Small(isolateDigits: true, TextNormalization.None)),
    ];

    private static readonly double[] s_alphas = [0, 0.2, 1, 3, 40, 1000];

    public static TheoryData<SamplingMethod, double, string> Distributions
    {
        get
        {
            var data = new TheoryData<SamplingMethod, double, string>();
            foreach (SamplingMethod method in Enum.GetValues<SamplingMethod>())
            {
                foreach (double alpha in (double[])[0, 0.05, 0.2, 1, 4])
                {
                    data.Add(method, alpha, " the th");
                    data.Add(method, alpha, "aaaaaa");
                    data.Add(method, alpha, "中文\n\n");
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Sample_ShortText_HasTheDistributionOfTheEnumeration(SamplingMethod method, double alpha, string text)
    {
        var options = new SamplingOptions { Method = method, Alpha = alpha };
        byte[] chunk = Encoding.UTF8.GetBytes(text);
        Dictionary<string, double> expected = SegmentationDistribution.Of(s_tokenizers[0], options, chunk);
        Assert.Equal(1, expected.Values.Sum(), 1e-9);
        SegmentationDistribution.AssertFits(expected, Draw(s_tokenizers[0].CreateSampler(options), chunk, Draws), Draws, $"{method} {alpha} '{text}'");
    }

    [Fact]
    public void Sample_AlphaZero_DrawsAllSegmentationsAlike()
    {
        Dictionary<string, double> expected = SegmentationDistribution.Of(s_tokenizers[0], new SamplingOptions { Alpha = 0 }, "aaaaaa"u8.ToArray());
        // 1, 2, 4, 7, 13, 24: ways to write a number as a sum of 1, 2 and 3.
        Assert.Equal(24, expected.Count);
        Assert.All(expected.Values, probability => Assert.Equal(1.0 / 24, probability, 1e-12));
    }

    [Theory]
    [InlineData(SamplingMethod.Exact)]
    [InlineData(SamplingMethod.Viterbi)]
    public void Sample_AlphaInfinite_SameAsEncode(SamplingMethod method)
    {
        TokenSampler sampler = s_tokenizers[0].CreateSampler(new SamplingOptions { Method = method, Alpha = double.PositiveInfinity });
        TestTexts.Bytes.Sample(text => Assert.Equal(s_tokenizers[0].Encode(text), sampler.Sample(text, 1)), iter: 300);
    }

    [Fact]
    public void Sample_AnyText_SameAsTheTextbookWithTheSameRandomNumbers() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, s_alphas.Length - 1], Gen.Enum<SamplingMethod>(), TestTexts.Bytes, Gen.ULong).Sample(
            (kind, alpha, method, text, seed) =>
            {
                var options = new SamplingOptions { Method = method, Alpha = s_alphas[alpha] };
                byte[] normalized = s_tokenizers[kind].Model.Options.Normalization == TextNormalization.Nfc
                    ? TextNormalizer.ToNfc(text, new ArrayBufferWriter<byte>()).ToArray()
                    : text;
                Assert.Equal(
                    new TextbookSampler(s_tokenizers[kind], options).Sample(normalized, seed),
                    SamplerOf(kind, method, alpha).Sample(text, seed));
            },
            iter: 3000);

    // Windows of the smallest size make paths settle, slide and be put off all the time; vocabularies of few letters make ties.
    [Fact]
    public void Sample_SmallWindowsAndRandomVocabularies_SameAsTheTextbook() =>
        Gen.Select(TestPieces.Random, Gen.Int[0, s_alphas.Length - 1], Gen.Enum<SamplingMethod>(), Gen.Byte[(byte)'a', (byte)'e'].Array[0, 3000], Gen.ULong).Sample(
            (vocabulary, alpha, method, text, seed) =>
            {
                var options = new SamplingOptions { Method = method, Alpha = s_alphas[alpha] };
                Tokenizer tokenizer = TokenizerOf(vocabulary.Pieces, vocabulary.Counts);
                for (int i = 0; i < text.Length; i++)
                {
                    // Lines of all lengths, some without end.
                    text[i] = text[i] == 'e' ? (byte)(i % 3 == 0 && seed % 2 == 0 ? '\n' : 'a') : text[i];
                }

                Assert.Equal(
                    new TextbookSampler(tokenizer, options).Sample(text, seed),
                    new TokenSampler(tokenizer, options, smallestWindow: 1).Sample(text, seed));
            },
            iter: 150);

    [Theory]
    [InlineData(SamplingMethod.Exact, 0.2)]
    [InlineData(SamplingMethod.Exact, 30)]
    [InlineData(SamplingMethod.Exact, 1000)]
    [InlineData(SamplingMethod.Viterbi, 30)]
    public void Sample_PathsThatNeverMeet_SameAsTheTextbook(SamplingMethod method, double alpha)
    {
        // Pairs are far better than single letters, so how the line splits shows at its end only.
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes(("aa", 1_000_000), ("aaa", 7), ("aaaaa", 1));
        Tokenizer tokenizer = TokenizerOf(pieces, counts);
        byte[] text = new byte[5001];
        text.AsSpan().Fill((byte)'a');
        var options = new SamplingOptions { Method = method, Alpha = alpha };
        int[] expected = new TextbookSampler(tokenizer, options).Sample(text, 3);
        Assert.Equal(expected, new TokenSampler(tokenizer, options, smallestWindow: 1).Sample(text, 3));
        Assert.Equal(expected, tokenizer.CreateSampler(options).Sample(text, 3));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sample_LineBeyondAMegabyte_SameWhetherNormalisedAtOnceOrInParts(bool isolateDigits)
    {
        var tokenizer = new Tokenizer(TestModels.Small(isolateDigits));
        string line = string.Concat(Enumerable.Repeat("the thing e\u0301 中文 12٣ e\u0301\u0323 ", 40_000));
        byte[] text = Encoding.UTF8.GetBytes(line + "\n\n\nth");
        byte[] normalized = TextNormalizer.ToNfc(text, new ArrayBufferWriter<byte>()).ToArray();
        Assert.NotEqual(text.Length, normalized.Length);
        foreach (SamplingMethod method in Enum.GetValues<SamplingMethod>())
        {
            TokenSampler sampler = tokenizer.CreateSampler(new SamplingOptions { Method = method });
            int[] ids = sampler.Sample(text, 9);
            Assert.Equal(sampler.Sample(normalized, 9), ids);
            Assert.Equal(normalized, tokenizer.Decode(ids));
        }
    }

    [Fact]
    public void Sample_LongLine_AllocatesNothing()
    {
        TokenSampler sampler = s_tokenizers[0].CreateSampler();
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the thing in 中文 ab ", 60_000)));
        var ids = new ArrayBufferWriter<int>(text.Length);
        // What a first call sets up is not counted.
        sampler.Sample(text, 1, ids);
        ids.ResetWrittenCount();
        long before = GC.GetAllocatedBytesForCurrentThread();
        sampler.Sample(text, 1, ids);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // The point of having a generator of one's own: these ids hold on every platform and for ever.
    [Theory]
    [InlineData(SamplingMethod.Exact, 0.2, 1UL, "275 35 119 107 266 106 269 280 35 283 35 119 104 123 119")]
    [InlineData(SamplingMethod.Exact, 0.2, 2UL, "267 104 35 267 266 106 269 280 35 283 35 119 104 123 119")]
    [InlineData(SamplingMethod.Exact, 1, 1UL, "275 35 267 272 269 280 35 283 35 119 104 123 119")]
    [InlineData(SamplingMethod.Viterbi, 0.2, 1UL, "275 35 119 107 272 269 280 35 277 278 35 119 104 123 119")]
    [InlineData(SamplingMethod.Viterbi, 1, 2UL, "275 35 267 272 269 280 35 283 35 119 104 123 119")]
    public void Sample_FixedSeed_GivesTheseIds(SamplingMethod method, double alpha, ulong seed, string ids)
    {
        TokenSampler sampler = s_tokenizers[0].CreateSampler(new SamplingOptions { Method = method, Alpha = alpha });
        Assert.Equal(ids, SegmentationDistribution.Key(sampler.Sample("the thing in the 中文 text", seed)));
    }

    [Fact]
    public void Sample_SpecialTokens_OnlyWhereAllowed()
    {
        var tokenizer = new Tokenizer(TestModels.Small(special: ["<|end|>"]));
        TokenSampler sampler = tokenizer.CreateSampler(new SamplingOptions { Alpha = 0 });
        int special = tokenizer.Model.Vocabulary.Count;
        int[] allowed = sampler.Sample("the<|end|>the", 4, new EncodeOptions { AllowedSpecial = ["<|end|>"], AddBos = true, AddEos = true });
        Assert.Equal(Vocabulary.BosId, allowed[0]);
        Assert.Equal(Vocabulary.EosId, allowed[^1]);
        Assert.Equal(1, allowed.Count(id => id == special));
        Assert.DoesNotContain(special, sampler.Sample("the<|end|>the", 4));
        Assert.Throws<ArgumentException>(() => sampler.Sample("x", 4, new EncodeOptions { AllowedSpecial = ["<none>"] }));
    }

    [Fact]
    public void Sample_ManyThreads_SameIds()
    {
        TokenSampler sampler = s_tokenizers[0].CreateSampler();
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the thing in 中文\n", 300)));
        int[][] expected = [.. Enumerable.Range(0, 64).Select(seed => sampler.Sample(text, (ulong)seed))];
        Parallel.For(0, 64, seed => Assert.Equal(expected[seed], sampler.Sample(text, (ulong)seed)));
        Assert.True(expected.Select(SegmentationDistribution.Key).Distinct().Count() == 64);
    }

    [Fact]
    public void Sample_HostileText_IsLossless() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[2, 3], Gen.Int[0, s_alphas.Length - 1], Gen.Enum<SamplingMethod>()).Sample(
            (text, kind, alpha, method) => Assert.Equal(text, s_tokenizers[kind].Decode(SamplerOf(kind, method, alpha).Sample(text, 77))), iter: 500);

    [Fact]
    public void Sample_LonePieceOfUnusualLength_IsDrawnInProportion()
    {
        // A piece far longer than the power of one sum reaches: its share is right all the same.
        string letters = string.Concat(Enumerable.Repeat("abcdefgh", 40));
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes((letters, 3));
        Tokenizer tokenizer = TokenizerOf(pieces, counts);
        TokenSampler sampler = tokenizer.CreateSampler(new SamplingOptions { Alpha = 0 });
        int whole = Enumerable.Range(0, 4000).Count(seed => sampler.Sample(letters, (ulong)seed).Length == 1);
        Assert.InRange(whole, 1800, 2200);
        Assert.Single(tokenizer.CreateSampler(new SamplingOptions { Alpha = 7 }).Sample(letters, 1));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1000.5)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void CreateSampler_AlphaOutOfRange_Throws(double alpha) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => s_tokenizers[0].CreateSampler(new SamplingOptions { Alpha = alpha }));

    [Fact]
    public void CreateSampler_UnknownMethod_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => s_tokenizers[0].CreateSampler(new SamplingOptions { Method = (SamplingMethod)7 }));

    [Fact]
    public void Sample_PublishedModel_HasTheRecordedDistributions()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(TestModels.SharedFile("sampling-plus.80k.json")));
        using Stream model = TestModels.OpenGolden("bytepiece.plus.80k.zip");
        Tokenizer tokenizer = Tokenizer.Load(model, "bytepiece.plus.80k");
        foreach (JsonElement one in golden.RootElement.EnumerateArray())
        {
            string text = one.GetProperty("text").GetString()!;
            var options = new SamplingOptions { Alpha = one.GetProperty("alpha").GetDouble() };
            byte[] chunk = Encoding.UTF8.GetBytes(text);
            Dictionary<string, double> exact = SegmentationDistribution.Of(tokenizer, options, chunk);
            Assert.Equal(one.GetProperty("segmentations").GetInt32(), exact.Count);
            Dictionary<string, double> recorded = one.GetProperty("exact_top").EnumerateObject().ToDictionary(
                entry => SegmentationDistribution.Key(entry.Name.Split('|').Select(piece => IdOf(tokenizer, piece))), entry => entry.Value.GetDouble());
            Assert.All(recorded, entry => Assert.Equal(entry.Value, exact[entry.Key], 1e-9));
            SegmentationDistribution.AssertFits(exact, Draw(tokenizer.CreateSampler(options), chunk, 50_000), 50_000, $"{text} {options.Alpha}");
        }
    }

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<(int, SamplingMethod, int), TokenSampler> s_samplers = new();

    private static TokenSampler SamplerOf(int kind, SamplingMethod method, int alpha) =>
        s_samplers.GetOrAdd((kind, method, alpha), _ => s_tokenizers[kind].CreateSampler(new SamplingOptions { Method = method, Alpha = s_alphas[alpha] }));

    private static Dictionary<string, int> Draw(TokenSampler sampler, byte[] text, int draws)
    {
        Dictionary<string, int> drawn = [];
        for (int i = 0; i < draws; i++)
        {
            string key = SegmentationDistribution.Key(sampler.Sample(text, DocumentSeed.Of(2024, 0, 0, i)));
            drawn[key] = drawn.GetValueOrDefault(key) + 1;
        }

        return drawn;
    }

    private static int IdOf(Tokenizer tokenizer, string hex)
    {
        Assert.True(tokenizer.Model.Vocabulary.TryGetId(Convert.FromHexString(hex), out int id));
        return id;
    }

    private static Tokenizer TokenizerOf(ReadOnlyMemory<byte>[] pieces, long[] counts) =>
        new(new TokenizerModel(
            Vocabulary.Create(pieces.Zip(counts, (piece, count) => KeyValuePair.Create(piece.ToArray(), count))),
            new ModelOptions { Normalization = TextNormalization.None }));
}

using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class PromptContinuationTests
{
    private const int LongestRandomPiece = 4;

    private static readonly Tokenizer s_plain = new(TestModels.Small(normalization: TextNormalization.None));
    private static readonly Tokenizer s_digits = new(TestModels.Small(isolateDigits: true, TextNormalization.None));
    private static readonly Tokenizer s_nfc = new(TestModels.Small());
    private static readonly Tokenizer s_nfcDigits = new(TestModels.Small(isolateDigits: true));

    // Whatever piece reaches over the prompt's end, its rest is among these; and so is any byte that may end a chunk.
    private static readonly byte[][] s_rests = [[], .. Bytes(), .. SuffixesOfPieces(TestModels.SmallVocabulary)];

    private static readonly byte[][] s_marks =
        [.. new[] { "\u0301", "\u0323", "\u0323\u0301", "\u0301the", "\u1161", "\u11ab", "\u1161\u11ab", "\u0344", "\u0f73", "the\u0301" }.Select(Encoding.UTF8.GetBytes)];

    private static readonly Gen<byte> s_letter = Gen.Int[0, 6].Select(i => i == 6 ? (byte)'\n' : (byte)('a' + (i % 2)));

    private static readonly Gen<Tokenizer> s_random =
        from pieces in s_letter.Array[2, LongestRandomPiece].Array[0, 14]
        from counts in Gen.Long[1, 40].Array[256 + 14]
        select new Tokenizer(new TokenizerModel(
            Vocabulary.Create(Bytes().Concat(pieces).DistinctBy(Convert.ToHexString).Zip(counts, (piece, count) => KeyValuePair.Create(piece, count))),
            new ModelOptions { Normalization = TextNormalization.None }));

    private static readonly byte[][] s_shortTexts = [.. TextsOf("ab\n"u8.ToArray(), LongestRandomPiece)];

    [Fact]
    public void Continue_AnyVocabularyOfShortPieces_KeepsWhatAllContinuationsShareAndNoLess() =>
        Gen.Select(s_random, s_letter.Array[0, 14]).Sample(
            (tokenizer, prompt) => Assert.Equal(SharedIds(tokenizer, prompt, s_shortTexts), tokenizer.Continue(prompt).Kept),
            iter: 150);

    [Fact]
    public void Continue_AnyPromptWithoutNormalization_KeepsWhatAllContinuationsShareAndNoLess() =>
        Gen.Select(Gen.Bool, TestTexts.Bytes).Sample(
            (isolatesDigits, prompt) =>
            {
                Tokenizer tokenizer = isolatesDigits ? s_digits : s_plain;
                int[] shared = SharedIds(tokenizer, prompt, s_rests);
                ImmutableArray<int> kept = tokenizer.Continue(prompt).Kept;
                // Half a character that may be a digit is held back as it is.
                int unsure = isolatesDigits ? Utf8Decoder.IncompleteTail(prompt) : 0;
                Assert.InRange(shared.Length - kept.Length, 0, unsure);
                Assert.Equal(shared.Take(kept.Length), kept);
            },
            iter: 60);

    [Fact]
    public void Continue_AnyPromptWithNormalization_KeepsAPrefixOfEveryContinuation() =>
        Gen.Select(Gen.Bool, TestTexts.Bytes).Sample(
            (isolatesDigits, prompt) =>
            {
                Tokenizer tokenizer = isolatesDigits ? s_nfcDigits : s_nfc;
                PromptContinuation continuation = tokenizer.Continue(prompt);
                int[] shared = SharedIds(tokenizer, prompt, [.. s_rests, .. s_marks]);
                Assert.Equal(continuation.Kept, shared.Take(continuation.Kept.Length));
                Assert.Equal(
                    TextNormalizer.ToNfc(prompt, new ArrayBufferWriter<byte>()).ToArray(),
                    TextOf(tokenizer, continuation));
            },
            iter: 60);

    // Plain text is not held back for what normalisation could do to it.
    [Theory]
    [InlineData("the thing in ", " ")]
    [InlineData("in the thing q", "")]
    [InlineData("in the thing x", "x")]
    [InlineData("in the thing,", "")]
    [InlineData("中文", "")]
    [InlineData("in 中", "中")]
    [InlineData("a the", " the")]
    [InlineData("in e", "e")]
    [InlineData("x\n", "\n")]
    [InlineData("x.", ".")]
    [InlineData("", "")]
    public void Continue_OrdinaryPrompts_HoldBackWhatALongerPieceOrAnAccentMayTake(string prompt, string heldBack) =>
        Assert.Equal(heldBack, Encoding.UTF8.GetString(s_nfc.Continue(prompt).Next.HeldBack.Span));

    [Fact]
    public void Continue_EveryCharacterThatComposes_IsNotKeptBeforeItIsCertain()
    {
        // Of the Hangul syllables some are enough.
        IEnumerable<(int First, int Second)> pairs =
            from composed in Enumerable.Range(0x80, 0x12000)
            where composed is < 0xAC00 or > 0xD7A3 || composed % 97 == 0
            let pair = UnicodeData.TryDecompose(composed, out int first, out int second) ? (first, second) : (-1, -1)
            where pair.Item2 >= 0
            select pair;
        foreach (IGrouping<int, int> seconds in pairs.GroupBy(pair => pair.First, pair => pair.Second))
        {
            byte[] prompt = Encoding.UTF8.GetBytes("the" + char.ConvertFromUtf32(seconds.Key));
            byte[] kept = s_nfc.Decode(s_nfc.Continue(prompt).Kept.AsSpan());
            foreach (int second in seconds)
            {
                byte[] whole = [.. prompt, .. Encoding.UTF8.GetBytes(char.ConvertFromUtf32(second))];
                Assert.True(
                    TextNormalizer.ToNfc(whole, new ArrayBufferWriter<byte>()).StartsWith(kept), $"U+{seconds.Key:X4} and U+{second:X4}");
            }
        }
    }

    [Fact]
    public void Next_AnyContinuation_CanBeChosenIdById() =>
        Gen.Select(Gen.Bool, TestTexts.Bytes, Gen.Int[0, s_rests.Length - 1], TestTexts.Bytes).Sample(
            (isolatesDigits, prompt, rest, more) =>
            {
                Tokenizer tokenizer = isolatesDigits ? s_digits : s_plain;
                PromptContinuation continuation = tokenizer.Continue(prompt);
                ContinuationStep step = continuation.Next;
                Assert.Equal(prompt, TextOf(tokenizer, continuation));
                foreach (int id in tokenizer.Encode([.. prompt, .. s_rests[rest], .. more]).Skip(continuation.Kept.Length))
                {
                    if (step.HeldBack.IsEmpty)
                    {
                        break;
                    }

                    Assert.True(step.Allows(id));
                    Assert.True(step.Prefixes.Contains(id) != step.Extending.Span.Contains(id));
                    step = step.Choose(id);
                }

                Assert.Equal(0, step.HeldBack.Length);
            },
            iter: 300);

    // Where the prompt ends, the model has seen the whole piece only.
    [Fact]
    public void Continue_PieceThatGoesOn_OffersItBesideThePartsOfIt()
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes(("白云", 50), ("白云机场", 40), ("机场", 30), ("去", 30), ("白", 9));
        Vocabulary vocabulary = Vocabulary.Create(pieces.Zip(counts, (piece, count) => KeyValuePair.Create(piece.ToArray(), count)));
        var tokenizer = new Tokenizer(new TokenizerModel(vocabulary, new ModelOptions()));
        PromptContinuation continuation = tokenizer.Continue("去白云");
        Assert.Equal([Id("去")], continuation.Kept);
        Assert.Equal("白云", Encoding.UTF8.GetString(continuation.Next.HeldBack.Span));
        Assert.Equal([Id("白云"), Id("白云机场")], continuation.Next.Extending.ToArray());
        Assert.Equal([vocabulary.TryGetId([0xE7], out int lead) ? lead : -1, Id("白")], continuation.Next.Prefixes);
        Assert.False(continuation.Next.Allows(Id("机场")));
        Assert.False(continuation.Next.Allows(Vocabulary.EosId));

        ContinuationStep afterPart = continuation.Next.Choose(Id("白"));
        Assert.Equal("云", Encoding.UTF8.GetString(afterPart.HeldBack.Span));
        ContinuationStep afterWhole = continuation.Next.Choose(Id("白云机场"));
        Assert.Equal(0, afterWhole.HeldBack.Length);
        Assert.True(afterWhole.Allows(Id("机场")));
        Assert.Equal(pieces.Length, afterWhole.Extending.Length);
        Assert.Contains("0xE4BA91", Assert.Throws<ArgumentException>(() => afterPart.Choose(Id("白"))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => afterPart.Choose(vocabulary.Count));

        int Id(string piece) => vocabulary.TryGetId(Encoding.UTF8.GetBytes(piece), out int id) ? id : -1;
    }

    [Theory]
    [InlineData("the<|en")]
    [InlineData("the<|end|>in the")]
    [InlineData("the<|end|>")]
    [InlineData("thing e<")]
    [InlineData("th e<|end|")]
    public void Continue_SpecialTokens_KeepsAPrefixWhetherTheyAreCompletedOrNot(string prompt)
    {
        var tokenizer = new Tokenizer(TestModels.Small(special: ["<|end|>"]));
        var options = new EncodeOptions { AllowedSpecial = ["<|end|>"], AddBos = true, AddEos = true };
        PromptContinuation continuation = tokenizer.Continue(prompt, options);
        string[] rests = ["", "d|>", "|>", ">", "<|end|>", "|end|>", "\u0301", "d|", "x", "the"];
        Assert.All(rests, rest => Assert.Equal(continuation.Kept, tokenizer.Encode(prompt + rest, options).Take(continuation.Kept.Length)));
        Assert.Equal(Vocabulary.BosId, continuation.Kept[0]);
        Assert.Equal(
            prompt.Contains("<|end|>", StringComparison.Ordinal) ? 1 : 0,
            continuation.Kept.Count(id => id == tokenizer.Model.Vocabulary.Count));

        // Not allowed, it is text like any other.
        PromptContinuation plain = tokenizer.Continue(prompt);
        Assert.DoesNotContain(tokenizer.Model.Vocabulary.Count, plain.Kept);
        Assert.All(rests, rest => Assert.Equal(plain.Kept, tokenizer.Encode(prompt + rest).Take(plain.Kept.Length)));
    }

    [Theory]
    [InlineData("the thing in 中文 ab ", 20_000)]
    [InlineData("a", 150_000)]
    [InlineData("the thing\n", 30_000)]
    public void Continue_LongPrompt_KeepsAPrefixOfEveryContinuationAndHoldsBackLittle(string part, int times)
    {
        byte[] prompt = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, times)) + "the th");
        foreach (Tokenizer tokenizer in (Tokenizer[])[s_plain, s_nfcDigits])
        {
            PromptContinuation continuation = tokenizer.Continue(prompt);
            Assert.InRange(continuation.Next.HeldBack.Length, 2, 4);
            foreach (string rest in (string[])["", "e", "ing", "x", "\n"])
            {
                int[] whole = tokenizer.Encode([.. prompt, .. Encoding.UTF8.GetBytes(rest)]);
                Assert.True(whole.AsSpan().StartsWith(continuation.Kept.AsSpan()));
            }
        }
    }

    // One letter in a line without end: how it splits shows at the end only, so nothing can be kept.
    [Fact]
    public void Continue_TextThatNeverSettles_IsHeldBackAsAWhole()
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes(("aa", 1_000_000), ("aaa", 7));
        var tokenizer = new Tokenizer(new TokenizerModel(
            Vocabulary.Create(pieces.Zip(counts, (piece, count) => KeyValuePair.Create(piece.ToArray(), count))), new ModelOptions()));
        byte[] prompt = new byte[100_000];
        prompt.AsSpan().Fill((byte)'a');
        PromptContinuation continuation = tokenizer.Continue(prompt);
        int[][] encoded = [.. Enumerable.Range(0, 4).Select(more => tokenizer.Encode([.. prompt, .. prompt.AsSpan(0, more)]))];
        int shared = 0;
        while (encoded.All(ids => ids[shared] == encoded[0][shared]) && shared < continuation.Kept.Length)
        {
            shared++;
        }

        Assert.Equal(continuation.Kept.Length, shared);
    }

    [Fact]
    public void Continue_PublishedModel_KeepsWhatTheWholeTextBeginsWithWhereverItIsCut()
    {
        using Stream model = TestModels.OpenGolden("bytepiece.plus.80k.zip");
        Tokenizer tokenizer = Tokenizer.Load(model, "bytepiece.plus.80k");
        var random = new Random(3);
        foreach (string line in File.ReadLines(TestModels.SharedFile("encode-plus.80k.jsonl")))
        {
            using JsonDocument one = JsonDocument.Parse(line);
            byte[] text = Encoding.UTF8.GetBytes(one.RootElement.GetProperty("text").GetString()!);
            int[] whole = tokenizer.Encode(text);
            for (int i = 0; i < 8; i++)
            {
                int cut = random.Next(text.Length + 1);
                ImmutableArray<int> kept = tokenizer.Continue(text.AsSpan(0, cut)).Kept;
                Assert.True(whole.AsSpan().StartsWith(kept.AsSpan()), $"{cut} bytes of {line}");
            }
        }
    }

    [Fact]
    public void Continue_LoneSurrogate_Throws() => Assert.Throws<ArgumentException>(() => s_nfc.Continue("a\ud800"));

    [Fact]
    public void Continue_UnknownSpecialToken_Throws() =>
        Assert.Throws<ArgumentException>(() => s_nfc.Continue("a", new EncodeOptions { AllowedSpecial = ["<none>"] }));

    private static byte[] TextOf(Tokenizer tokenizer, PromptContinuation continuation) =>
        [.. tokenizer.Decode(continuation.Kept.AsSpan()), .. continuation.Next.HeldBack.Span];

    private static int[] SharedIds(Tokenizer tokenizer, byte[] prompt, IEnumerable<byte[]> rests)
    {
        int[]? shared = null;
        foreach (byte[] rest in rests)
        {
            int[] ids = tokenizer.Encode([.. prompt, .. rest]);
            shared = shared is null ? ids : shared[..shared.AsSpan().CommonPrefixLength(ids)];
        }

        return shared!;
    }

    private static IEnumerable<byte[]> Bytes() => Enumerable.Range(0, 256).Select(value => new[] { (byte)value });

    private static IEnumerable<byte[]> SuffixesOfPieces(Vocabulary vocabulary) =>
        from id in Enumerable.Range(Vocabulary.FirstPieceId, vocabulary.Count - Vocabulary.FirstPieceId)
        let piece = vocabulary.GetPiece(id).ToArray()
        from start in Enumerable.Range(0, piece.Length)
        select piece[start..];

    private static List<byte[]> TextsOf(byte[] letters, int longest)
    {
        List<byte[]> texts = [[]];
        for (int i = 0; i < texts.Count; i++)
        {
            if (texts[i].Length < longest)
            {
                texts.AddRange(letters.Select(letter => (byte[])[.. texts[i], letter]));
            }
        }

        return texts;
    }
}

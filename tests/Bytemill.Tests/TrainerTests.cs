using System.Collections.Immutable;
using System.Text;
using Bytemill.Tokenization;
using Bytemill.Training;
using CsCheck;

namespace Bytemill.Tests;

public class TrainerTests
{
    private static readonly int[] s_letters = ['a', 'b', ' ', '\n', '1', 0x0661, 0xE9, 0x301, 0x4E2D, 0x1F600];

    private static readonly Gen<string> s_text = Gen.Select(Gen.Int[2, s_letters.Length], Gen.Int[0, 1000].Array[0, 60], (letters, picks) =>
        string.Concat(picks.Select(pick => char.ConvertFromUtf32(s_letters[pick % letters]))));

    private static readonly Gen<TrainerOptions> s_options = Gen.Select(
        Gen.Int[1, 8], Gen.Long[1, 4], Gen.Int[1, 12], Gen.Bool, Gen.Bool, Gen.Int[259, 300].Array[1, 3],
        (order, minCount, longest, isolateDigits, ensureUnicode, sizes) => new TrainerOptions
        {
            Order = order,
            MinCount = minCount,
            MaxPieceLength = longest,
            IsolateDigits = isolateDigits,
            EnsureUnicode = ensureUnicode,
            MaxVocabSizes = [.. sizes],
        });

    private static readonly Gen<TrainingPlan> s_plan = Gen.Select(
        NGramGen.Ranges, NGramGen.Ranges, Gen.Int[1, 4], Gen.Long[0, 4000], Gen.Int[0, 400], (ngrams, pieces, partitions, buffer, together) => new TrainingPlan
        {
            TogetherBelow = together < 256 ? 0 : together,
            NGramRanges = ngrams,
            PieceRanges = pieces,
            Partitions = partitions,
            BufferBytes = buffer,
        });

    [Fact]
    public void Train_AnyTextOptionsAndPlan_GivesTheTextbookModels() =>
        Gen.Select(s_text.Array[1, 8], s_options, s_plan).Where(test => test.Item1.Any(text => text.Length > 0)).Sample(
            (texts, options, plan) =>
            {
                var plain = new PlainTrainer
                {
                    Order = options.Order,
                    MaxVocabSizes = options.MaxVocabSizes,
                    MaxPieceLength = options.MaxPieceLength,
                    MinCount = options.MinCount,
                    IsolateDigits = options.IsolateDigits,
                    EnsureUnicode = options.EnsureUnicode,
                    Nfc = Nfc,
                };
                List<(int Size, Dictionary<string, long> Pieces)> expected = plain.Train(texts);
                ImmutableArray<(int Size, TokenizerModel Model)> models = Trainer.Train(Documents(texts), options, plan, null, CancellationToken.None);
                Assert.Equal(expected.Select(model => model.Size), models.Select(model => model.Size));
                Assert.Equal(expected.Select(model => PlainModelJson.Write(model.Pieces)), models.Select(model => Json(model.Model)));
            },
            iter: 50);

    [Theory]
    [MemberData(nameof(GoldenCases.Names), MemberType = typeof(GoldenCases))]
    public void Train_GoldenCase_GivesTheReferencesModels(string name)
    {
        GoldenCase golden = GoldenCases.Load(name);
        TrainerOptions options = new()
        {
            Order = golden.Options.Order,
            MaxVocabSizes = [.. golden.Options.MaxVocabSize],
            MaxPieceLength = golden.Options.MaxPieceLength,
            MinCount = golden.Options.MinCount,
            IsolateDigits = golden.Options.IsolateDigits,
            EnsureUnicode = golden.Options.EnsureUnicode,
        };
        ImmutableArray<(int Size, TokenizerModel Model)> models = Train(Documents(golden.Documents), options, shards: 3, partitions: 2);
        Assert.Equal(golden.Models.Select(model => model.Key), models.Select(model => model.Size));
        Assert.Equal(golden.Models.Select(model => Encoding.UTF8.GetString(model.Value)), models.Select(model => Json(model.Model)));
    }

    [Theory]
    [InlineData("parity-tiny.jsonl", "tiny-o6-v2000-c2.model", 6, 2, true, false, 2000)]
    [InlineData("parity-tiny.jsonl", "tiny-o4-v1000-c4-isodigits.model", 4, 4, true, true, 1000)]
    [InlineData("parity-tiny.jsonl", "tiny-o6-v2000-noensure.model", 6, 2, false, false, 2000)]
    [InlineData("parity-2mb.jsonl", "2mb-o6-v8000_4000-c32.model", 6, 32, true, false, 8000, 4000)]
    [InlineData("parity-2mb.jsonl", "2mb-o6-v8000_4000-c4.model", 6, 4, true, false, 8000, 4000)]
    public void Train_SharedCorpus_GivesTheReferencesModels(
        string corpus, string model, int order, long minCount, bool ensureUnicode, bool isolateDigits, params int[] sizes)
    {
        string? path = SharedData.Find(corpus);
        if (path is null)
        {
            Assert.Skip("The shared golden data is not here.");
        }

        TrainerOptions options = new()
        {
            Order = order,
            MaxVocabSizes = [.. sizes],
            MinCount = minCount,
            EnsureUnicode = ensureUnicode,
            IsolateDigits = isolateDigits,
        };
        ImmutableArray<(int Size, TokenizerModel Model)> models =
            Train(Documents(GoldenCases.ReadDocuments(path)), options, shards: 2, partitions: 3);
        Assert.Equal(sizes, models.Select(trained => trained.Size));
        foreach ((int size, TokenizerModel trained) in models)
        {
            string expected = SharedData.Find(sizes.Length == 1 ? model : $"{model}.{size}")!;
            Assert.Equal(File.ReadAllText(expected), Json(trained));
        }
    }

    [Fact]
    public void Train_DocumentOverwrittenByTheNext_IsNotReadLater()
    {
        string[] texts = [.. Enumerable.Range(0, 40).Select(i => $"document {i} of {i % 3} text")];
        static IEnumerable<ReadOnlyMemory<byte>> Reusing(string[] texts)
        {
            byte[] buffer = new byte[1000];
            foreach (string text in texts)
            {
                yield return buffer.AsMemory(0, Encoding.UTF8.GetBytes(text, buffer));
            }
        }

        TrainerOptions options = new() { MaxVocabSizes = [300] };
        Assert.Equal(
            Train(Documents(texts), options)[0].Model.Hash,
            Train(Reusing(texts), options, shards: 4, partitions: 3)[0].Model.Hash);
    }

    [Fact]
    public void Train_Options_AreInTheModel()
    {
        TrainerOptions options = new()
        {
            Order = 3,
            MinCount = 5,
            MaxPieceLength = 9,
            IsolateDigits = true,
            EnsureUnicode = false,
            Normalization = TextNormalization.None,
            MaxVocabSizes = [260, 300],
        };
        ModelOptions stored = Train(Documents(["text"]), options)[1].Model.Options;
        Assert.Equal(
            new ModelOptions
            {
                Order = 3,
                MinCount = 5,
                MaxPieceLength = 9,
                IsolateDigits = true,
                EnsureUnicode = false,
                Normalization = TextNormalization.None,
                MaxVocabSize = 260,
            },
            stored);
    }

    [Fact]
    public void Train_NoText_Throws()
    {
        Assert.Throws<InvalidOperationException>(() => Train([], new TrainerOptions()));
        Assert.Throws<InvalidOperationException>(() => Train(Documents(["", ""]), new TrainerOptions()));
    }

    [Fact]
    public void Train_BadOptions_Throw()
    {
        foreach (TrainerOptions options in new TrainerOptions[]
        {
            new() { Order = 0 }, new() { Order = 9 }, new() { MinCount = 0 }, new() { MaxPieceLength = 0 },
            new() { MaxVocabSizes = [258] }, new() { MaxVocabSizes = [] }, new() { Normalization = (TextNormalization)7 },
        })
        {
            Assert.Throws<ArgumentException>(() => Train(Documents(["text"]), options));
        }
    }

    [Fact]
    public void Train_Cancelled_Stops() =>
        Assert.Throws<OperationCanceledException>(() => Trainer.Train(Documents(["text"]), new TrainerOptions(), 1, 1, null, new CancellationToken(true)));

    private static ImmutableArray<(int Size, TokenizerModel Model)> Train(
        IEnumerable<ReadOnlyMemory<byte>> documents, TrainerOptions options, int shards = 1, int partitions = 1) =>
        Trainer.Train(documents, options, shards, partitions, scratch: null, TestContext.Current.CancellationToken);

    private static string Nfc(string text)
    {
        var scratch = new System.Buffers.ArrayBufferWriter<byte>();
        return Encoding.UTF8.GetString(TextNormalizer.ToNfc(Encoding.UTF8.GetBytes(text), scratch));
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Documents(IEnumerable<string> texts) =>
        texts.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text));

    private static string Json(TokenizerModel model)
    {
        using var stream = new MemoryStream();
        BytePieceFormat.Write(model, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}

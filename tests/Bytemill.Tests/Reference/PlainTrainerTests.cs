using System.Text;

namespace Bytemill.Tests;

/// <summary>The transcription gives the reference's models, byte for byte.</summary>
public class PlainTrainerTests
{
    [Theory, MemberData(nameof(GoldenCases.Names), MemberType = typeof(GoldenCases))]
    public void Train_GoldenCase_GivesTheReferencesModels(string name)
    {
        GoldenCase golden = GoldenCases.Load(name);
        PlainTrainer trainer = new()
        {
            Order = golden.Options.Order,
            MaxVocabSizes = golden.Options.MaxVocabSize,
            MaxPieceLength = golden.Options.MaxPieceLength,
            MinCount = golden.Options.MinCount,
            IsolateDigits = golden.Options.IsolateDigits,
            EnsureUnicode = golden.Options.EnsureUnicode,
            Nfc = PlatformNfc.Normalize,
        };

        List<(int Size, Dictionary<string, long> Pieces)> models = trainer.Train(golden.Documents);

        Assert.Equal(golden.Models.Select(model => model.Key), models.Select(model => model.Size));
        foreach (((int Size, Dictionary<string, long> Pieces) actual, KeyValuePair<int, byte[]> expected) in models.Zip(golden.Models))
        {
            Assert.Equal(Encoding.UTF8.GetString(expected.Value), PlainModelJson.Write(actual.Pieces));
        }
    }

    [Theory]
    [InlineData("tiny-o6-v2000-c2.model", 6, 2000, 2, false, true)]
    [InlineData("tiny-o4-v1000-c4-isodigits.model", 4, 1000, 4, true, true)]
    [InlineData("tiny-o6-v2000-noensure.model", 6, 2000, 2, false, false)]
    public void Train_SharedTinyCorpus_GivesTheReferencesModel(
        string model, int order, int size, int minCount, bool isolateDigits, bool ensureUnicode)
    {
        string corpus = SharedFile("parity-tiny.jsonl");
        string expected = SharedFile(model);
        PlainTrainer trainer = new()
        {
            Order = order,
            MaxVocabSizes = [size],
            MinCount = minCount,
            IsolateDigits = isolateDigits,
            EnsureUnicode = ensureUnicode,
            Nfc = PlatformNfc.Normalize,
        };

        List<(int Size, Dictionary<string, long> Pieces)> models = trainer.Train(GoldenCases.ReadDocuments(corpus));

        Assert.Equal(File.ReadAllText(expected), PlainModelJson.Write(Assert.Single(models).Pieces));
    }

    // Explicit: it takes most of a minute.
    [Theory(Explicit = true)]
    [InlineData("2mb-o6-v8000_4000-c32.model", 32)]
    [InlineData("2mb-o6-v8000_4000-c4.model", 4)]
    public void Train_Shared2MbCorpus_GivesTheReferencesModels(string model, int minCount)
    {
        string corpus = SharedFile("parity-2mb.jsonl");
        PlainTrainer trainer = new() { MaxVocabSizes = [8000, 4000], MinCount = minCount, Nfc = PlatformNfc.Normalize };

        foreach ((int size, Dictionary<string, long> pieces) in trainer.Train(GoldenCases.ReadDocuments(corpus)))
        {
            Assert.Equal(File.ReadAllText(SharedFile($"{model}.{size}")), PlainModelJson.Write(pieces));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Segment_AfterARareCharacter_GivesSingleBytesToTheEnd(int keptBytesOfIt)
    {
        // All n-grams within "ab" and "水" are kept; of "石" only the first bytes.
        string mill = PlainText.ToBytes("水");
        string rare = PlainText.ToBytes("石");
        PlainTrainer trainer = new() { Order = 3, MinCount = 1, Nfc = PlatformNfc.Normalize };
        Dictionary<string, double>[] scores = trainer.ScoreNGrams(
            trainer.CountNGrams(Enumerable.Repeat("ab", 50).Append(mill).Append(rare[..keptBytesOfIt])));

        List<string> pieces = trainer.Segment("ab" + rare + mill + "ab", scores);

        Assert.Equal(["ab", .. rare.Select(b => b.ToString()), .. mill.Select(b => b.ToString()), "a", "b"], pieces);
        Assert.Equal(["ab", mill, "ab"], trainer.Segment("ab" + mill + "ab", scores));
    }

    private static string SharedFile(string name)
    {
        string? path = SharedData.Find(name);
        Assert.SkipWhen(path is null, $"shared/golden/{name} is not here.");
        return path!;
    }
}

using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Tests;

/// <summary>The whole job, by the real actors, against models that the reference implementation made.</summary>
[Collection(EndToEndTests.Name)]
public sealed class GoldenRunTests : IAsyncLifetime
{
    private EmbeddedCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await EmbeddedCluster.StartAsync(workers: 2);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Train_EveryGoldenCase_GivesTheReferencesModels()
    {
        foreach (string name in GoldenCases.Names.Select(row => row.Data))
        {
            GoldenCase golden = GoldenCases.Load(name);
            using var directory = new TestDirectory();
            TestCorpus.Write(directory["in"], [.. golden.Documents], files: 3, rowsPerGroup: 7);
            // Some cases in rounds over shards to the end, some in one place as soon as it may be.
            JobSpec spec = SpecFor(golden, directory) with { PruneTogetherBelow = name.Length % 2 == 0 ? long.MaxValue : 0 };
            SortedDictionary<string, byte[]> results = await _cluster.ResultsAsync(spec);
            Assert.Equal(golden.Models.Count, results.Count);
            foreach ((int size, byte[] expected) in golden.Models)
            {
                using var json = new MemoryStream();
                TokenizerModel model = ModelFile.Read(new MemoryStream(results[spec.ModelFileName(size)]));
                BytePieceFormat.Write(model, json);
                Assert.True(expected.AsSpan().SequenceEqual(json.ToArray()), $"{name}: model of size {size} differs from the reference's.");
            }
        }
    }

    private static JobSpec SpecFor(GoldenCase golden, TestDirectory directory) => new()
    {
        Mode = JobMode.Train,
        Inputs = [directory["in"]],
        OutputDirectory = directory["out"],
        NGramShards = 5,
        PieceShards = 3,
        PartitionBytes = 10_000,
        Training = new TrainerOptions
        {
            Order = golden.Options.Order,
            MaxVocabSizes = [.. golden.Options.MaxVocabSize],
            MaxPieceLength = golden.Options.MaxPieceLength,
            MinCount = golden.Options.MinCount,
            IsolateDigits = golden.Options.IsolateDigits,
            EnsureUnicode = golden.Options.EnsureUnicode,
        },
    };
}

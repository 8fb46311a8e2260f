using System.Globalization;
using Bytemill.Pipeline;
using Bytemill.Training;

namespace Bytemill.Tests;

/// <summary>The same bytes whatever the number of workers and shards, the order of files, the culture, the run.</summary>
[Collection(EndToEndTests.Name)]
public sealed class DeterminismTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly string[] _files;
    private int _runs;

    public DeterminismTests() =>
        _files = TestCorpus.Write(_directory["in"], [.. GoldenCases.Load("languages").Documents], files: 4, rowsPerGroup: 11);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_WorkersShardsOrderAndRepetition_ChangeNoByte()
    {
        SortedDictionary<string, byte[]>? first = null;
        foreach (int workers in (int[])[1, 2, 7])
        {
            await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(workers, memoryBytes: 1 << (17 + workers));
            foreach (int shards in (int[])[1, 16])
            {
                string[] inputs = shards == 1 ? _files : [.. _files.Reverse()];
                SortedDictionary<string, byte[]> results = await cluster.ResultsAsync(
                    Spec(inputs, shards, partitionBytes: 5_000 * workers) with { PruneTogetherBelow = shards == 1 ? 0 : 700 * workers });
                first ??= results;
                AssertSame(first, results, $"{workers} workers, {shards} shards");
            }
        }
    }

    [Fact]
    public async Task Run_TurkishCulture_ChangesNoByte()
    {
        CultureInfo turkish = CultureInfo.GetCultureInfo("tr-TR");
        Assert.SkipUnless(turkish.TextInfo.ToUpper('i') == 'İ', "This machine has no culture data (ICU).");
        await using (EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(workers: 2))
        {
            SortedDictionary<string, byte[]> expected = await cluster.ResultsAsync(Spec(_files, 4, 20_000));
            CultureInfo? before = CultureInfo.DefaultThreadCurrentCulture;
            CultureInfo.DefaultThreadCurrentCulture = turkish;
            try
            {
                await using EmbeddedCluster other = await EmbeddedCluster.StartAsync(workers: 2);
                AssertSame(expected, await other.ResultsAsync(Spec(_files, 4, 20_000)), "tr-TR");
            }
            finally
            {
                CultureInfo.DefaultThreadCurrentCulture = before;
            }
        }
    }

    private JobSpec Spec(string[] inputs, int shards, long partitionBytes) => new()
    {
        Mode = JobMode.Run,
        Inputs = [.. inputs],
        OutputDirectory = _directory[$"out-{++_runs}"],
        NGramShards = shards,
        PieceShards = shards,
        PartitionBytes = partitionBytes,
        Training = new TrainerOptions { MaxVocabSizes = [2000, 600] },
    };

    private static void AssertSame(SortedDictionary<string, byte[]> expected, SortedDictionary<string, byte[]> actual, string what)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        foreach ((string name, byte[] bytes) in expected)
        {
            Assert.True(bytes.AsSpan().SequenceEqual(actual[name]), $"{name} differs: {what}.");
        }
    }
}

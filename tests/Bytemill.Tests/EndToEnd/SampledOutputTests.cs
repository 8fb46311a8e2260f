using System.Globalization;
using System.Text;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using DuckDB.NET.Data;

namespace Bytemill.Tests;

/// <summary>Corpora tokenized with random segmentations: what the rows hold, and that the division of work changes nothing.</summary>
[Collection(EndToEndTests.Name)]
public sealed class SampledOutputTests : IDisposable
{
    private const int Files = 3;
    private const int Epochs = 3;

    private readonly TestDirectory _directory = new();
    private readonly List<string?> _documents = [.. GoldenCases.Load("unnormalised").Documents, "", null, "\n\n", "a\u0301", null, "the thing in the thing"];

    public SampledOutputTests()
    {
        TestCorpus.Write(_directory["in"], _documents, Files, rowsPerGroup: 5);
        using FileStream model = File.Create(_directory["small.bytemill"]);
        ModelFile.Write(TestModels.Small(), model);
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(SamplingMethod.Exact)]
    [InlineData(SamplingMethod.Viterbi)]
    public async Task Tokenize_Sampled_EachRowHoldsWhatItsSeedDraws(SamplingMethod method)
    {
        JobSpec spec = Spec("out") with { Sampling = new JobSampling { Method = method, Alpha = 0.3, Seed = 77, Epochs = Epochs } };
        await using (EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(workers: 2))
        {
            await cluster.ResultsAsync(spec);
        }

        TokenSampler sampler = Tokenizer.Load(_directory["small.bytemill"]).CreateSampler(spec.Sampling.Options);
        Dictionary<(int Epoch, string Id), List<int>?> rows = ReadRows(_directory["out"]);
        Assert.Equal(Epochs * _documents.Count, rows.Count);
        for (int i = 0; i < _documents.Count; i++)
        {
            for (int epoch = 0; epoch < Epochs; epoch++)
            {
                // TestCorpus deals the documents out over the files.
                int[]? expected = _documents[i] is { } text ? sampler.Sample(text, DocumentSeed.Of(77, epoch, i % Files, i / Files)) : null;
                Assert.Equal(expected, rows[(epoch, TestCorpus.Id(i))]);
            }
        }

        Assert.Contains(_documents.Select((_, i) => TestCorpus.Id(i)), id => rows[(0, id)] is { } first && !first.SequenceEqual(rows[(1, id)]!));
        ResultManifest manifest = ResultManifest.Read(_directory["out"]);
        Assert.Equal(new ManifestSampling(method.ToString().ToLowerInvariant(), 0.3, 77, Epochs), manifest.Sampling);
        Assert.Equal(
            Enumerable.Range(0, Epochs * Files).Select(i => ((int?)(i / Files), $"epoch={i / Files}/part-{i % Files}.parquet")),
            manifest.Outputs.Select(output => (output.Epoch, output.Path)));
        Assert.Equal(_documents.Count, manifest.Statistics.Rows);
        Assert.Equal(_documents.Sum(text => text is null ? 0 : Encoding.UTF8.GetByteCount(text)), manifest.Statistics.TextBytes);
        Assert.Equal(rows.Values.Sum(ids => ids?.Count ?? 0), manifest.Statistics.Tokens);
        Assert.Equal("2", Metadata(_directory["out/epoch=2/part-1.parquet"], "bytemill.sampling.epoch"));
        Assert.Equal("0.3", Metadata(_directory["out/epoch=2/part-1.parquet"], "bytemill.sampling.alpha"));
    }

    [Fact]
    public async Task Tokenize_Sampled_NumberOfWorkersChangesNoByte()
    {
        SortedDictionary<string, byte[]>? first = null;
        foreach (int workers in (int[])[1, 4])
        {
            await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(workers);
            SortedDictionary<string, byte[]> results = await cluster.ResultsAsync(
                Spec($"out-{workers}") with { Sampling = new JobSampling { Epochs = Epochs } });
            first ??= results;
            Assert.Equal(Files * Epochs, results.Count);
            Assert.Equal(first.Keys, results.Keys);
            Assert.All(first, file => Assert.True(file.Value.AsSpan().SequenceEqual(results[file.Key]), file.Key));
        }
    }

    [Fact]
    public async Task Tokenize_FromTheCommandLine_SaysWhatItDrew()
    {
        string[] job =
        [
            "tokenize", "--model", _directory["small.bytemill"], "--input", _directory["in"], "--output", _directory["out"], "--workers", "1",
            "--sampling", "viterbi", "--alpha", "0.25", "--epochs", "2", "--seed", "18446744073709551615",
        ];
        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync(job);
        Assert.True(exitCode == 0, string.Join('\n', errors));
        Assert.Contains(output, line => line.Contains("viterbi, alpha 0.25, seed 18446744073709551615: 2 epochs in epoch=0 to epoch=1", StringComparison.Ordinal));
        Assert.Equal(new ManifestSampling("viterbi", 0.25, ulong.MaxValue, 2), ResultManifest.Read(_directory["out"]).Sampling);

        // The earlier results, in directories of their own, are replaced like any others.
        (exitCode, _, errors) = await BytemillProcess.RunAsync([.. job[..^8], "--overwrite"]);
        Assert.True(exitCode == 0, string.Join('\n', errors));
        Assert.Equal(
            ["_SUCCESS", "_ledger", "manifest.json", "part-0.parquet", "part-1.parquet", "part-2.parquet"],
            TestDirectory.Snapshot(_directory["out"]).Keys.Order(StringComparer.Ordinal));
    }

    private JobSpec Spec(string output) => new()
    {
        Mode = JobMode.Tokenize,
        Inputs = [_directory["in/*.parquet"]],
        OutputDirectory = _directory[output],
        ModelPath = _directory["small.bytemill"],
    };

    // The epoch is read from the name of the directory, as programs do that know partitioned Parquet.
    private static Dictionary<(int Epoch, string Id), List<int>?> ReadRows(string directory)
    {
        Dictionary<(int, string), List<int>?> rows = [];
        using DuckDBConnection connection = Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT epoch::INTEGER, id, input_ids FROM read_parquet('{directory}/*/*.parquet', hive_partitioning = true)";
        using DuckDBDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add((reader.GetInt32(0), reader.GetString(1)), reader.IsDBNull(2) ? null : reader.GetFieldValue<List<int>>(2));
        }

        return rows;
    }

    private static string Metadata(string path, string key)
    {
        using DuckDBConnection connection = Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT value::VARCHAR FROM parquet_kv_metadata('{path}') WHERE key::VARCHAR = '{key}'";
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture)!;
    }

    private static DuckDBConnection Open()
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        return connection;
    }
}

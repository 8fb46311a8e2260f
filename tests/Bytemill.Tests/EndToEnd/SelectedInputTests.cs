using Bytemill.Pipeline;
using Bytemill.Training;
using static Bytemill.Tests.DuckDb;

namespace Bytemill.Tests;

/// <summary>Weights, conditions, samples and limits: as if the corpus had been made that way beforehand.</summary>
[Collection(EndToEndTests.Name)]
public sealed class SelectedInputTests : IAsyncLifetime
{
    private readonly TestDirectory _directory = new();
    private readonly List<(string Id, string? Language, string? Text)> _rows = [];
    private EmbeddedCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        string[] documents = [.. GoldenCases.Load("unnormalised").Documents.Select(text => text.ReplaceLineEndings(" "))];
        _rows.AddRange(Enumerable.Range(0, 120).Select(i => documents[i % documents.Length] + (i < documents.Length ? "" : $" {i}")).Select((text, i) => ($"doc {i:D4}", i % 3 == 0 ? null : $"l{i % 5}", i % 17 == 16 ? null : (string?)text)));
        _cluster = await EmbeddedCluster.StartAsync(workers: 2);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Train_WeightedInputs_GiveTheModelOfSoManyCopies()
    {
        int half = _rows.Count / 2;
        Write("a.parquet", _rows[..half]);
        LineFiles.WriteJson(Path("b.jsonl"), _rows[half..]);
        for (int copy = 0; copy < 3; copy++)
        {
            Write($"copies/a{copy}.parquet", _rows[..half]);
        }

        Write("copies/b.parquet", _rows[half..]);
        byte[] weighted = await ModelAsync("weighted", $"{Path("a.parquet")}@3", Path("b.jsonl"));
        byte[] copied = await ModelAsync("copied", Path("copies"));
        byte[] plain = await ModelAsync("plain", Path("a.parquet"), Path("b.jsonl"));

        Assert.True(weighted.AsSpan().SequenceEqual(copied));
        Assert.False(weighted.AsSpan().SequenceEqual(plain));
        ResultManifest manifest = ResultManifest.Read(_directory["weighted"]);
        Assert.Equal([3, null], manifest.Inputs.Select(input => input.Weight));
        Assert.Equal(_rows.Count, manifest.Statistics.Rows);
    }

    [Fact]
    public async Task Run_Condition_IsTheSameAsACorpusOfTheseRows()
    {
        const string Condition = "lang in (l1, l4) and id < 'doc 0090'";
        (string Id, string? Language, string? Text)[] wanted =
            [.. _rows.Where(row => row.Language is "l1" or "l4" && string.CompareOrdinal(row.Id, "doc 0090") < 0)];
        Write("whole/p.parquet", _rows);
        LineFiles.WriteJson(Path("whole/q.jsonl.zst"), _rows);
        Write("part/p.parquet", wanted);
        LineFiles.WriteJson(Path("part/q.jsonl.zst"), wanted);

        SortedDictionary<string, byte[]> expected = await _cluster.ResultsAsync(Spec("part-out", [Path("part/*")]));
        SortedDictionary<string, byte[]> found = await _cluster.ResultsAsync(Spec("whole-out", [Path("whole/*")]) with { Where = Condition });

        Assert.Equal(expected.Keys, found.Keys);
        Assert.True(expected["model.bytemill"].AsSpan().SequenceEqual(found["model.bytemill"]));
        foreach (string name in (string[])["p", "q"])
        {
            Assert.Equal(
                Query($"SELECT id || coalesce(lang, '-') || coalesce(input_ids::VARCHAR, 'null') || n_tokens FROM '{_directory[$"part-out/{name}.parquet"]}'"),
                Query($"SELECT id || coalesce(lang, '-') || coalesce(input_ids::VARCHAR, 'null') || n_tokens FROM '{_directory[$"whole-out/{name}.parquet"]}'"));
        }

        ResultManifest manifest = ResultManifest.Read(_directory["whole-out"]);
        Assert.Equal(new ManifestSelection(Condition, null, null), manifest.Selection);
        Assert.Equal(2 * wanted.Length, manifest.Statistics.Rows);
    }

    [Fact]
    public async Task Run_Directories_AreColumnsOfTheResult()
    {
        Write("c/part=x/year=2024/a.parquet", _rows[..20]);
        Write("c/part=x/year=2023/a.parquet", _rows[20..30]);
        Write("c/part=y%20z/year=2024/a.parquet", _rows[30..50]);
        Write("c/part=__HIVE_DEFAULT_PARTITION__/year=2024/a.parquet", _rows[50..55]);

        await _cluster.ResultsAsync(Spec("all", [Path("c")]));
        Assert.Equal(
            ["null 2024 5", "x 2023 10", "x 2024 20", "y z 2024 20"],
            Query($"SELECT coalesce(part, 'null') || ' ' || year || ' ' || count(*) FROM read_parquet('{_directory["all"]}/**/*.parquet', hive_partitioning=false) GROUP BY part, year ORDER BY 1"));

        await _cluster.ResultsAsync(Spec("some", [Path("c")]) with { Where = "part in (x, 'y z') and year = 2024" });
        Assert.Equal(
            ["x 20", "y z 20"],
            Query($"SELECT part || ' ' || count(*) FROM read_parquet('{_directory["some"]}/**/*.parquet', hive_partitioning=false) GROUP BY part ORDER BY 1"));
        Assert.Equal(2, ResultManifest.Read(_directory["some"]).Inputs.Length);

        await _cluster.ResultsAsync(Spec("named", [Path("c/part=x")]) with { Keep = ["year"] });
        Assert.Equal(["input_ids", "n_tokens", "year"], Query($"SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet('{_directory["named"]}/year=2024/a.parquet', hive_partitioning=false)) ORDER BY 1"));
    }

    [Theory]
    [InlineData(null, null, 1)]
    [InlineData(null, null, 23)]
    [InlineData(null, null, 100_000)]
    [InlineData("lang != l1", null, 9)]
    [InlineData("lang != l1", 0.6, 31)]
    [InlineData(null, 0.4, 30)]
    [InlineData(null, 0.4, null)]
    public async Task Run_LimitAndSample_TakeTheFirstRowsOfThoseDrawn(string? where, double? sample, int? limit)
    {
        Write("in/a.parquet", _rows[..40]);
        LineFiles.WriteJson(Path("in/b.jsonl.gz"), _rows[40..70]);
        LineFiles.WriteJson(Path("in/c.jsonl"), _rows[70..90]);
        Write("in/d.parquet", _rows[90..]);
        JobSpec spec = Spec("all", [Path("in/*")]) with { Where = where, Sample = sample };

        await _cluster.ResultsAsync(spec);
        await _cluster.ResultsAsync(spec with { Limit = limit, OutputDirectory = _directory["first"] });

        string[] all = Ids("all");
        Assert.Equal(all.Take(limit ?? all.Length), Ids("first"));
        Assert.Equal(_rows.Count(row => where is null || row.Language is not (null or "l1")) == all.Length, sample is null);
        ResultManifest manifest = ResultManifest.Read(_directory["first"]);
        Assert.Equal(Math.Min(all.Length, limit ?? all.Length), manifest.Statistics.Rows);
    }

    private string[] Ids(string output) => Query($"SELECT id FROM read_parquet('{_directory[output]}/*.parquet') ORDER BY id");

    private JobSpec Spec(string output, string[] inputs) => new()
    {
        Inputs = [.. inputs],
        OutputDirectory = _directory[output],
        Keep = inputs[0].EndsWith('*') ? ["id", "lang"] : null,
        PartitionBytes = 3_000,
        Training = new TrainerOptions { MaxVocabSizes = [400] },
    };

    private async Task<byte[]> ModelAsync(string output, params string[] inputs) =>
        (await _cluster.ResultsAsync(Spec(output, inputs) with { Mode = JobMode.Train, Keep = null }))["model.bytemill"];

    private string Path(string name)
    {
        string path = _directory["data/" + name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    private void Write(string name, IEnumerable<(string Id, string? Language, string? Text)> rows) =>
        TestCorpus.WriteFile(Path(name), [.. rows], rowsPerGroup: 9);
}

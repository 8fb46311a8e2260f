using Bytemill.Pipeline;
using Bytemill.Training;
using static Bytemill.Tests.DuckDb;

namespace Bytemill.Tests;

/// <summary>The same documents as Parquet, as JSON lines and as text give the same model and the same ids.</summary>
[Collection(EndToEndTests.Name)]
public sealed class LineInputTests : IAsyncLifetime
{
    private readonly TestDirectory _directory = new();
    private EmbeddedCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await EmbeddedCluster.StartAsync(workers: 2);

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Run_SameDocumentsInEveryFormat_GivesTheSameModelAndIds()
    {
        string[] documents = [.. GoldenCases.Load("unnormalised").Documents.Select(text => text.ReplaceLineEndings(" "))];
        (string Id, string? Language, string? Text)[] rows = [.. documents.Select((text, i) => ($"doc {i}", i % 3 == 0 ? null : $"l{i % 5}", (string?)text))];
        Directory.CreateDirectory(_directory["in"]);
        TestCorpus.WriteFile(_directory["in/a.parquet"], rows, rowsPerGroup: 10);
        LineFiles.WriteJson(_directory["in/b.jsonl"], rows);
        LineFiles.WriteJson(_directory["in/c.jsonl.gz"], rows);
        LineFiles.WriteJson(_directory["in/d.jsonl.zst"], rows);
        LineFiles.Write(_directory["in/e.txt"], string.Join('\n', documents) + "\n");
        LineFiles.Write(_directory["in/f.txt.zst"], string.Join("\r\n", documents));

        byte[]? model = null;
        string[]? ids = null;
        foreach (string name in Directory.GetFiles(_directory["in"]).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal))
        {
            string output = _directory["out-" + name];
            SortedDictionary<string, byte[]> results = await _cluster.ResultsAsync(new JobSpec
            {
                Inputs = [_directory["in/" + name]],
                OutputDirectory = output,
                Keep = name.Contains(".txt", StringComparison.Ordinal) ? [] : ["id", "lang"],
                PartitionBytes = 4_000,
                Training = new TrainerOptions { MaxVocabSizes = [500] },
            });
            string tokenized = Path.Combine(output, name[..1] + ".parquet");
            Assert.Equal([name[..1] + ".parquet", "model.bytemill"], results.Keys);
            model ??= results["model.bytemill"];
            Assert.True(model.AsSpan().SequenceEqual(results["model.bytemill"]), name);
            string[] found = Query($"SELECT input_ids::VARCHAR || n_tokens FROM '{tokenized}'");
            ids ??= found;
            Assert.Equal(ids, found);
            if (!name.Contains(".txt", StringComparison.Ordinal))
            {
                Assert.Equal(rows.Select(row => $"{row.Id} {row.Language ?? "none"}"), Query($"SELECT id || ' ' || coalesce(lang, 'none') FROM '{tokenized}'"));
            }

            ResultManifest manifest = ResultManifest.Read(output);
            Assert.Equal(documents.Length, manifest.Statistics.Rows);
        }
    }

    [Fact]
    public async Task Tokenize_NullsAndOtherTypes_AreKept()
    {
        LineFiles.Write(_directory["model.txt"], "some text to train on, some text");
        await _cluster.ResultsAsync(new JobSpec
        {
            Mode = JobMode.Train,
            Inputs = [_directory["model.txt"]],
            OutputDirectory = _directory["model"],
            Training = new TrainerOptions { MaxVocabSizes = [300] },
        });
        LineFiles.Write(_directory["odd.jsonl"], """
            {"text":"some","n":1.50,"tags":["a", "b"],"s":""}
            {"text":null,"n":null,"s":"x"}
            {"text":"","n":{"a":true}}
            """);
        await _cluster.ResultsAsync(new JobSpec
        {
            Mode = JobMode.Tokenize,
            Inputs = [_directory["odd.jsonl"]],
            OutputDirectory = _directory["out"],
            ModelPath = _directory["model/model.bytemill"],
            Keep = ["n", "tags", "s"],
        });
        Assert.Equal(
            ["1.50|[\"a\", \"b\"]||t", "-|-|x|-", "{\"a\":true}|-|-|"],
            Query($"SELECT coalesce(n,'-') || '|' || coalesce(tags,'-') || '|' || coalesce(s,'-') || '|' || CASE WHEN input_ids IS NULL THEN '-' WHEN len(input_ids) = 0 THEN '' ELSE 't' END FROM '{_directory["out/odd.parquet"]}'"));
    }
}

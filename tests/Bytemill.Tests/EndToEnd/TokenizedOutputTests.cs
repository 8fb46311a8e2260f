using System.Text;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Training;
using DuckDB.NET.Data;

namespace Bytemill.Tests;

/// <summary>The tokenized files of a whole job, read by an independent reader.</summary>
[Collection(EndToEndTests.Name)]
public sealed class TokenizedOutputTests : IAsyncLifetime
{
    private readonly TestDirectory _directory = new();
    private readonly List<string?> _documents = [];
    private EmbeddedCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _documents.AddRange(GoldenCases.Load("unnormalised").Documents);
        _documents.AddRange(["", null, "\n\n", "a\u0301", null, "٣٤ ५", "𝟘𝟙"]);
        TestCorpus.Write(_directory["in"], _documents, files: 3, rowsPerGroup: 5);
        _cluster = await EmbeddedCluster.StartAsync(workers: 2);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Run_ReadByDuckDb_HasTypesOrderColumnsAndText()
    {
        await _cluster.ResultsAsync(Spec(keep: null));
        Tokenizer tokenizer = Tokenizer.Load(_directory["out/model.bytemill"]);
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        for (int file = 0; file < 3; file++)
        {
            string path = _directory[$"out/part-{file}.parquet"];
            Assert.Equal(
                [("id", "VARCHAR"), ("lang", "VARCHAR"), ("input_ids", "INTEGER[]"), ("n_tokens", "INTEGER")],
                Query(connection, $"DESCRIBE SELECT * FROM '{path}'", row => (row.GetString(0), row.GetString(1))));
            int[] rows = [.. Enumerable.Range(0, _documents.Count).Where(row => row % 3 == file)];
            List<(string Id, string? Lang, List<int>? Ids, int Tokens)> read = Query(
                connection,
                $"SELECT id, lang, input_ids, n_tokens FROM '{path}'",
                row => (
                    row.GetString(0),
                    row.IsDBNull(1) ? null : row.GetString(1),
                    row.IsDBNull(2) ? null : row.GetFieldValue<List<int>>(2),
                    row.GetInt32(3)));
            Assert.Equal(rows.Select(TestCorpus.Id), read.Select(row => row.Id));
            for (int i = 0; i < rows.Length; i++)
            {
                string? text = _documents[rows[i]];
                Assert.Equal(rows[i] % 3 == 0 ? null : $"l{rows[i] % 5}", read[i].Lang);
                Assert.Equal(text is null, read[i].Ids is null);
                Assert.Equal(read[i].Ids?.Count ?? 0, read[i].Tokens);
                if (text is not null)
                {
                    int[] ids = [.. read[i].Ids!];
                    Assert.Equal(text.Normalize(NormalizationForm.FormC), Encoding.UTF8.GetString(tokenizer.Decode(ids)));
                    Assert.Equal(tokenizer.Encode(text), ids);
                }
            }
        }
    }

    [Fact]
    public async Task Run_KeepNamesColumns_OnlyTheseAreCopied()
    {
        await _cluster.ResultsAsync(Spec(keep: ["lang"]));
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        Assert.Equal(
            ["lang", "input_ids", "n_tokens"],
            Query(connection, $"DESCRIBE SELECT * FROM '{_directory["out/part-0.parquet"]}'", row => row.GetString(0)));
    }

    [Fact]
    public async Task Tokenize_WithTheModelOfARun_WritesTheSameFiles()
    {
        SortedDictionary<string, byte[]> run = await _cluster.ResultsAsync(Spec(keep: null));
        SortedDictionary<string, byte[]> tokenized = await _cluster.ResultsAsync(Spec(keep: null) with
        {
            Mode = JobMode.Tokenize,
            ModelPath = _directory["out/model.bytemill"],
            OutputDirectory = _directory["again"],
        });
        Assert.True(run.Remove("model.bytemill"));
        Assert.Equal(run.Keys, tokenized.Keys);
        Assert.All(run, file => Assert.True(file.Value.AsSpan().SequenceEqual(tokenized[file.Key]), file.Key));
    }

    [Fact]
    public async Task Run_Manifest_TellsWhatIsThere()
    {
        await _cluster.ResultsAsync(Spec(keep: null));
        ResultManifest manifest = ResultManifest.Read(_directory["out"]);
        Assert.Equal(_documents.Count, manifest.Statistics.Rows);
        Assert.Equal(_documents.Sum(text => text is null ? 0 : Encoding.UTF8.GetByteCount(text)), manifest.Statistics.TextBytes);
        Assert.Equal(
            _documents.Sum(text => text is null ? 0 : Encoding.UTF8.GetByteCount(text.Normalize(NormalizationForm.FormC))),
            manifest.Statistics.NormalizedBytes);
        Assert.Equal(Tokenizer.Load(_directory["out/model.bytemill"]).Model.Hash, Assert.Single(manifest.Models).Sha256);
        Assert.Equal(["part-0.parquet", "part-1.parquet", "part-2.parquet"], manifest.Outputs.Select(output => output.Path));
        Assert.All(manifest.Outputs, output => Assert.Equal(new FileInfo(_directory[$"out/{output.Path}"]).Length, output.LengthBytes));
        Assert.Equal(manifest.Statistics.Tokens, manifest.Outputs.Sum(output => output.Tokens));
    }

    private JobSpec Spec(string[]? keep) => new()
    {
        Mode = JobMode.Run,
        Inputs = [_directory["in/*.parquet"]],
        OutputDirectory = _directory["out"],
        Keep = keep is null ? null : [.. keep],
        PartitionBytes = 4_000,
        Training = new TrainerOptions { MaxVocabSizes = [600] },
    };

    private static List<T> Query<T>(DuckDBConnection connection, string sql, Func<DuckDBDataReader, T> read)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using DuckDBDataReader reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}

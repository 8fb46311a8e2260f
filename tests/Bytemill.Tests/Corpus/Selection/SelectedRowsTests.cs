using System.Globalization;
using Bytemill.Corpus;
using DuckDB.NET.Data;

namespace Bytemill.Tests;

/// <summary>Rows that a condition takes, and what becomes of their columns, as DuckDB sees them.</summary>
public sealed class SelectedRowsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Conditions =>
    [
        "id >= 100 and id < 300",
        "medium in (1, 5, 4999, 77777)",
        "name = 'row 77 字'",
        "name > 'row 48' and tiny != 3",
        "flag = true and real > 100.5",
        "double <= 33.25",
        "unsigned > 4000 and ubig < 4010",
        "struct.a = 1234",
        "text in ('text 0', 'text 3', 'text 4')",
        "utiny in (1.5)",
        "id > 100000",
        "struct.c.d = x",
        "blob = b17",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Conditions))]
    public async Task Write_RowsOfACondition_AreTheRowsAndValuesThatDuckDbFinds(string condition)
    {
        string input = _folder.File("in.parquet");
        AllTypes.Write(input, [2048, 2048, 904]);
        string output = _folder.File("out.parquet");

        (long rows, int leftAside) = await WriteAsync(input, output, new SourceOptions { TextColumn = "text", Where = RowCondition.Parse(condition) });

        string sql = condition.Replace("true", "TRUE", StringComparison.Ordinal).Replace("= x", "= 'x'", StringComparison.Ordinal).Replace("= b17", "= encode('b17')", StringComparison.Ordinal);
        Assert.Equal([rows.ToString(CultureInfo.InvariantCulture)], Query($"SELECT count(*) FROM '{input}' WHERE {sql}"));
        string before = $"SELECT * EXCLUDE (text) FROM '{input}' WHERE {sql}";
        string after = $"SELECT * EXCLUDE (input_ids, n_tokens) FROM '{output}'";
        Assert.Equal(Query($"DESCRIBE {before}"), Query($"DESCRIBE {after}"));
        Assert.Empty(Query($"({before}) EXCEPT ALL ({after})"));
        Assert.Empty(Query($"({after}) EXCEPT ALL ({before})"));
        Assert.Equal(Query($"SELECT id FROM '{input}' WHERE {sql}"), Query($"SELECT id FROM '{output}'"));
        // What the statistics leave aside has no such row.
        Assert.InRange(leftAside, 0, 3);
        if (condition.StartsWith("id", StringComparison.Ordinal))
        {
            Assert.Equal(condition.Contains("100000", StringComparison.Ordinal) ? 3 : 2, leftAside);
        }
    }

    [Theory]
    [InlineData(ParquetSharp.Compression.Snappy, null, false)]
    [InlineData(ParquetSharp.Compression.Zstd, ParquetSharp.Encoding.DeltaByteArray, true)]
    [InlineData(ParquetSharp.Compression.Gzip, ParquetSharp.Encoding.DeltaLengthByteArray, false)]
    [InlineData(ParquetSharp.Compression.Lz4, ParquetSharp.Encoding.Plain, true)]
    [InlineData(ParquetSharp.Compression.Brotli, null, true)]
    [InlineData(ParquetSharp.Compression.Uncompressed, ParquetSharp.Encoding.Plain, false)]
    public async Task Write_SampleOfEveryEncoding_KeepsTheRowsItTakes(ParquetSharp.Compression compression, ParquetSharp.Encoding? encoding, bool isPageV2)
    {
        string input = _folder.File("in.parquet");
        byte[]?[][] groups = [SampleFiles.Rows(3000, 1), SampleFiles.Rows(1000, 2)];
        SampleFiles.WriteText(input, groups, new SampleOptions { Compression = compression, Encoding = encoding, IsPageV2 = isPageV2, Structs = 1 });
        string output = _folder.File("out.parquet");
        RowSample sample = new(0.3);

        // The struct's text is the column that is kept; the id stands for the text.
        (long rows, _) = await WriteAsync(input, output, new SourceOptions { TextColumn = "doc1.text", Sample = sample }, keep: ["id", "doc1"]);

        string fingerprint = TextSources.Inspect(input, "doc1.text").Fingerprint;
        int[][] taken = [.. groups.Select((group, g) => Enumerable.Range(0, group.Length).Where(row => sample.Takes(fingerprint, g, row)).ToArray())];
        Assert.Equal(taken.Sum(group => group.Length), rows);
        Assert.Equal(
            taken.SelectMany((group, g) => group.Select(row => groups[g][row])),
            Witness.ReadBytes(output, "doc1.text").SelectMany(group => group));
        Assert.Equal(taken.SelectMany(group => group).Select(row => row.ToString(CultureInfo.InvariantCulture)), Query($"SELECT id FROM '{output}'"));
    }

    [Theory]
    [InlineData("nothing = 1", "no column 'nothing' to compare (--where); found 'id'")]
    [InlineData("name = 1", "column 'name' is of type string and cannot be compared with 1 (--where); put the value in single quotes.")]
    [InlineData("id = x", "column 'id' is of type int64 and cannot be compared with x (--where); write a value of that type")]
    [InlineData("day = 2024", "column 'day' is of type date, which cannot be compared")]
    [InlineData("list.list.element = 1", "which cannot be compared")]
    public void Inspect_ConditionThatDoesNotFit_SaysWhy(string condition, string expected)
    {
        string input = _folder.File("in.parquet");
        AllTypes.Write(input, [10]);
        CorpusException error = Assert.Throws<CorpusException>(
            () => TextSources.Inspect(input, new SourceOptions { TextColumn = "text", Where = RowCondition.Parse(condition) }));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadBatches_JsonLines_TakesTheRowsOfACondition()
    {
        string path = LineFiles.Write(_folder.File("year=2024/a.jsonl"), """
            {"text":"a","lang":"zh","score":1,"m":{"ok":true}}
            {"text":"b","lang":"de","score":2,"m":{"ok":true}}
            {"text":"c","lang":"zh","score":2.5e0,"m":{"ok":true}}
            {"text":"d","lang":"zh","score":"3","m":{"ok":true}}
            {"text":"e","lang":"zh","score":null,"m":{"ok":true}}
            {"text":"f","lang":"zh","score":9,"m":{"ok":false}}
            {"text":"g","lang":null,"score":9,"m":{}}
            """);
        Assert.Equal(["c"], Texts(path, "lang in (zh, ja) and score > 1 and m.ok = true and year = 2024"));
        Assert.Equal(["a", "b", "c", "d", "e", "f", "g"], Texts(path, "year >= 2024"));
        Assert.Empty(Texts(path, "year < 2024"));
    }

    private static List<string> Texts(string path, string condition)
    {
        using ITextSource source = TextSources.Open(path, new SourceOptions { TextColumn = "text", Where = RowCondition.Parse(condition) });
        List<string> texts = [];
        RowSelection selection = source.SelectRows(0, null, TestContext.Current.CancellationToken);
        foreach (TextBatch batch in source.ReadBatches(0, 10, selection, TestContext.Current.CancellationToken))
        {
            using (batch)
            {
                texts.AddRange(Enumerable.Range(0, batch.RowCount).Where(batch.IsTaken).Select(row => System.Text.Encoding.UTF8.GetString(batch[row])));
            }
        }

        return texts;
    }

    private static async Task<(long Rows, int LeftAside)> WriteAsync(string input, string output, SourceOptions options, string[]? keep = null)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        CorpusFile file = TextSources.Inspect(input, options);
        using ITextSource source = TextSources.Open(input, options);
        await using FileStream stream = File.Create(output);
        await using TokenizedFileWriter writer = await TokenizedFileWriter.CreateAsync(input, options.TextColumn, keep, stream, cancellationToken: cancel);
        ITokenizedWriter tokenized = writer;
        long rows = 0;
        for (int group = 0; group < file.RowGroups.Length; group++)
        {
            RowSelection selection = source.SelectRows(group, null, cancel);
            Assert.True(!file.RowGroups[group].IsLeftAside || selection.Count == 0);
            tokenized.BeginGroup(group, selection, cancel);
            foreach (TextBatch batch in source.ReadBatches(group, 4096, selection, cancel))
            {
                using (batch)
                {
                    int[] lengths = new int[Enumerable.Range(0, batch.RowCount).Count(batch.IsTaken)];
                    rows += lengths.Length;
                    await tokenized.AppendAsync(batch, Array.Empty<int>(), lengths, cancel);
                }
            }

            await tokenized.EndGroupAsync(cancel);
        }

        await tokenized.CompleteAsync(cancel);
        return (rows, file.RowGroups.Count(group => group.IsLeftAside));
    }

    private static List<string> Query(string sql)
    {
        using DuckDBConnection connection = new("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are this class's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        using DuckDBDataReader reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "null" : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        }

        return rows;
    }
}

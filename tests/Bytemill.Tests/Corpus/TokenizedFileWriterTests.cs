using Bytemill.Corpus;
using DuckDB.NET.Data;
using ParquetSharp.Schema;

namespace Bytemill.Tests;

public sealed class TokenizedFileWriterTests : IDisposable
{
    // Opening takes longer than the queries.
    private static readonly Lazy<DuckDBConnection> s_duckDb = new(() =>
    {
        DuckDBConnection connection = new("DataSource=:memory:");
        connection.Open();
        return connection;
    });

    private readonly TempFolder _folder = new();

    private string Input => _folder.File("in.parquet");

    private string Output => _folder.File("out.parquet");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_EveryTypeKept_IsTheSameInArrowAndDuckDb()
    {
        AllTypes.Write(Input, [2048, 2048, 904]);

        await WriteAsync(Input, Output);

        string[] kept = [.. Witness.Columns(Input).Where(column => column != "text")];
        Assert.Equal([.. kept, "input_ids.list.element", "n_tokens"], Witness.Columns(Output));
        foreach (string column in kept)
        {
            Assert.Equal(Witness.ReadRaw(Input, column), Witness.ReadRaw(Output, column));
        }

        string before = $"SELECT * EXCLUDE (text), file_row_number FROM read_parquet('{Input}', file_row_number=true)";
        string after = $"SELECT * EXCLUDE (input_ids, n_tokens), file_row_number FROM read_parquet('{Output}', file_row_number=true)";
        Assert.Equal(Query($"DESCRIBE {before}"), Query($"DESCRIBE {after}"));
        Assert.Equal(["5000"], Query($"SELECT count(*) FROM ({after})"));
        Assert.Empty(Query($"({before}) EXCEPT ALL ({after})"));
        Assert.Empty(Query($"({after}) EXCEPT ALL ({before})"));
        // Filters use statistics: wrong ones would lose rows.
        Assert.Equal(
            Query($"SELECT count(*), sum(medium) FROM '{Input}' WHERE id > 4000 AND name < 'row 48' AND day < '2030-01-01'"),
            Query($"SELECT count(*), sum(medium) FROM '{Output}' WHERE id > 4000 AND name < 'row 48' AND day < '2030-01-01'"));
    }

    [Fact]
    public async Task Write_Tokens_AreTheSameInArrowAndDuckDb()
    {
        SampleFiles.WriteText(Input, [SampleFiles.Rows(700, 1), SampleFiles.Rows(300, 2)]);

        List<int[]?> expected = await WriteAsync(Input, Output);

        Assert.Contains(expected, row => row is null);
        Assert.Contains(expected, row => row is { Length: 0 });
        Assert.Equal(
            expected.Select(row => row is null ? "NULL" : $"[{string.Join(", ", row)}]"),
            Query($"SELECT coalesce(input_ids::VARCHAR, 'NULL') FROM '{Output}'"));
        Assert.Equal(
            expected.Select(row => $"{row?.Length ?? 0}"), Query($"SELECT n_tokens FROM '{Output}'"));
        Assert.Equal(
            [$"{expected.Count(row => row is { Length: >= 3 })}"],
            Query($"SELECT count(*) FROM '{Output}' WHERE n_tokens >= 3"));
        Assert.Equal(["INTEGER[]|INTEGER"], Query($"SELECT typeof(input_ids), typeof(n_tokens) FROM '{Output}' LIMIT 1"));
        Assert.Equal(expected, ReadIdsByArrow(Output).AsEnumerable());
    }

    [Fact]
    public async Task Write_Schema_IsWhatArrowWrites()
    {
        SampleFiles.WriteText(Input, [SampleFiles.Rows(10, 1)]);
        await WriteAsync(Input, Output, keep: []);
        string arrow = _folder.File("arrow.parquet");
        Apache.Arrow.Schema schema = new(
            [
                new("input_ids", new Apache.Arrow.Types.ListType(Apache.Arrow.Types.Int32Type.Default), nullable: true),
                new("n_tokens", Apache.Arrow.Types.Int32Type.Default, nullable: true),
            ],
            metadata: null);
        using (ParquetSharp.Arrow.FileWriter writer = new(arrow, schema))
        {
            writer.Close();
        }

        string columns = "name, type, type_length, repetition_type, num_children, converted_type, scale, precision, logical_type";
        string[] expected = Query($"SELECT {columns} FROM parquet_schema('{arrow}')");
        string[] found = Query($"SELECT {columns} FROM parquet_schema('{Output}')");

        Assert.Equal(expected, found);
        Assert.Equal(Dump(arrow), Dump(Output));
    }

    [Fact]
    public async Task Write_SameInputTwice_GivesTheSameBytes()
    {
        SampleFiles.WriteText(Input, [SampleFiles.Rows(700, 1), SampleFiles.Rows(300, 2)]);
        TokenizedFileOptions options = new() { ZstdLevel = 7, Metadata = [new("b", "1"), new("a", "字")] };

        await WriteAsync(Input, Output, options: options);
        string again = _folder.File("again.parquet");
        await WriteAsync(Input, again, options: options);

        Assert.Equal(await File.ReadAllBytesAsync(Output, Cancel), await File.ReadAllBytesAsync(again, Cancel));
        using ParquetSharp.ParquetFileReader reader = new(Output);
        Assert.Equal("1", reader.FileMetaData.KeyValueMetadata["b"]);
        Assert.Equal("字", reader.FileMetaData.KeyValueMetadata["a"]);
        Assert.Equal("Bytemill version 1 (build parquet)", reader.FileMetaData.CreatedBy);
    }

    [Theory]
    [MemberData(nameof(TextColumnReaderTests.Kinds), MemberType = typeof(TextColumnReaderTests))]
    public async Task Write_KeptColumnOfEveryKindOfPage_IsTheSame(SampleOptions options)
    {
        SampleFiles.WriteText(
            Input,
            [SampleFiles.Rows(800, 1, !options.IsRequired), [], SampleFiles.Rows(300, 2, !options.IsRequired)],
            options);
        string top = options.Structs > 0 ? "doc1" : "text";
        string text = string.Concat(Enumerable.Range(1, options.Structs).Select(i => $"doc{i}.")) + "text";

        await WriteAsync(Input, Output, text, keep: [top]);

        Assert.Equal([text, "input_ids.list.element", "n_tokens"], Witness.Columns(Output));
        Assert.Equal(Witness.ReadBytes(Input, text), Witness.ReadBytes(Output, text));
        Assert.Equal(Witness.ReadRaw(Input, text), Witness.ReadRaw(Output, text));
        Assert.Equal(["1100"], Query($"SELECT count(n_tokens) FROM '{Output}'"));
        Assert.Equal(["800", "0", "300"], Query($"SELECT row_group_num_rows FROM parquet_metadata('{Output}') WHERE path_in_schema = 'n_tokens' ORDER BY row_group_id"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Write_NoRows_GivesAReadableFile(int emptyRowGroups)
    {
        SampleFiles.WriteText(Input, [.. Enumerable.Repeat<byte[]?[]>([], emptyRowGroups)]);

        await WriteAsync(Input, Output);

        Assert.Equal(["0"], Query($"SELECT count(*) FROM '{Output}'"));
        Assert.Equal(["id|BIGINT", "input_ids|INTEGER[]", "n_tokens|INTEGER"], Query($"SELECT column_name, column_type FROM (DESCRIBE FROM '{Output}')"));
        using ParquetSharp.ParquetFileReader reader = new(Output);
        Assert.Equal(emptyRowGroups, reader.FileMetaData.NumRowGroups);
        Assert.Equal(0, reader.FileMetaData.NumRows);
        Assert.All(Witness.ReadRaw(Output, "input_ids.list.element"), line => Assert.EndsWith(": 0 rows", line, StringComparison.Ordinal));
        // The output is an input of its own, too.
        CorpusException error = await Assert.ThrowsAsync<CorpusException>(() => CorpusInspector.InspectAsync(Output, "text", Cancel));
        Assert.Contains("found 'id', 'input_ids', 'n_tokens'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_LongRows_ArePagedAtRowBorders()
    {
        int[] lengths = [5, 600_000, 0, -1, 250_000, 100_000, 1];
        SampleFiles.WriteText(Input, [[.. lengths.Select(_ => (byte[]?)[])]]);
        int[] ids = [.. Enumerable.Range(0, lengths.Where(length => length > 0).Sum())];
        await using (FileStream output = File.Create(Output))
        {
            await using TokenizedFileWriter writer = await TokenizedFileWriter.CreateAsync(
                Input, "text", null, output, new() { ZstdLevel = 1 }, Cancel);
            Task written = writer.WriteRowGroupAsync(0, ids, lengths, Cancel);
            // On the caller's thread from beginning to end.
            Assert.True(written.IsCompleted);
            await written;
            await writer.CompleteAsync(Cancel);
        }

        int[]?[] rows = ReadIdsByArrow(Output);

        Assert.Equal(lengths, rows.Select(row => row?.Length ?? -1));
        Assert.Equal(ids, rows.SelectMany(row => row ?? []));
        Assert.Equal(
            [$"{ids.Length}|{ids.Select(id => (long)id).Sum()}"],
            Query($"SELECT count(*), sum(id) FROM (SELECT unnest(input_ids) AS id FROM '{Output}')"));
    }

    [Fact]
    public async Task Write_FromAThreadOfItsOwn_NeverLeavesIt()
    {
        SampleFiles.WriteText(Input, [SampleFiles.Rows(500, 1)], new SampleOptions { IsPageV2 = true });
        await using FileStream output = File.Create(Output);

        List<int> threads = await Task.Factory.StartNew(
            () => WorkAsync().GetAwaiter().GetResult(),
            Cancel,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        Assert.Equal(6, threads.Count);
        Assert.Single(threads.Distinct());

        async Task<List<int>> WorkAsync()
        {
            List<int> seen = [Environment.CurrentManagedThreadId];
            CorpusFile file = await CorpusInspector.InspectAsync(Input, "text", Cancel).ConfigureAwait(false);
            seen.Add(Environment.CurrentManagedThreadId);
            TextColumnReader reader = await TextColumnReader.OpenAsync(Input, "text", Cancel).ConfigureAwait(false);
            using TextBatch batch = await reader.ReadRowGroupAsync(0, Cancel).ConfigureAwait(false);
            seen.Add(Environment.CurrentManagedThreadId);
            TokenizedFileWriter writer = await TokenizedFileWriter
                .CreateAsync(file, "text", null, output, null, Cancel).ConfigureAwait(false);
            seen.Add(Environment.CurrentManagedThreadId);
            await writer.WriteRowGroupAsync(0, new int[batch.RowCount], Enumerable.Repeat(1, batch.RowCount).ToArray(), Cancel)
                .ConfigureAwait(false);
            seen.Add(Environment.CurrentManagedThreadId);
            // Completes the file.
            await writer.DisposeAsync().ConfigureAwait(false);
            await reader.DisposeAsync().ConfigureAwait(false);
            seen.Add(Environment.CurrentManagedThreadId);
            return seen;
        }
    }

    [Fact]
    public async Task Write_NestedText_LeavesTheRestOfTheStruct()
    {
        Execute($"COPY (SELECT i, {{'text': 't' || i, 'lang': 'en'}} AS doc, {{'only': {{'text': 'x'}}}} AS other FROM range(5) r(i)) TO '{Input}' (FORMAT parquet)");

        await WriteAsync(Input, Output, "doc.text");
        Assert.Equal(["i", "doc.lang", "other.only.text", "input_ids.list.element", "n_tokens"], Witness.Columns(Output));
        Assert.Equal(["3|en"], Query($"SELECT i, doc.lang FROM '{Output}' WHERE i = 3"));

        await WriteAsync(Input, Output, "other.only.text");
        Assert.Equal(["i", "doc.text", "doc.lang", "input_ids.list.element", "n_tokens"], Witness.Columns(Output));
        Assert.Equal(["t2"], Query($"SELECT doc.text FROM '{Output}' WHERE i = 2"));
    }

    [Fact]
    public async Task Write_Keep_SelectsInTheInputsOrder()
    {
        AllTypes.Write(Input, [10]);

        await WriteAsync(Input, Output, keep: ["uuid", "name", "uuid"]);

        Assert.Equal(["name", "uuid", "input_ids.list.element", "n_tokens"], Witness.Columns(Output));
    }

    [Fact]
    public async Task Write_RangeOfRowGroups_WritesThoseOnly()
    {
        SampleFiles.WriteText(Input, [SampleFiles.Rows(5, 1), SampleFiles.Rows(6, 2), SampleFiles.Rows(7, 3)]);

        await WriteAsync(Input, Output, options: new() { FirstRowGroup = 1, RowGroupCount = 1 });

        Assert.Equal(["6"], Query($"SELECT count(*) FROM '{Output}'"));
        await Assert.ThrowsAsync<ArgumentException>(
            () => WriteAsync(Input, Output, options: new() { FirstRowGroup = 2, RowGroupCount = 2 }));
    }

    [Fact]
    public async Task Create_ColumnMissingOrTaken_Throws()
    {
        using (GroupNode root = new(
            "schema",
            ParquetSharp.Repetition.Required,
            [
                new PrimitiveNode("input_ids", ParquetSharp.Repetition.Required, ParquetSharp.LogicalType.None(), ParquetSharp.PhysicalType.Int64),
                new PrimitiveNode("text", ParquetSharp.Repetition.Required, ParquetSharp.LogicalType.String(), ParquetSharp.PhysicalType.ByteArray),
            ]))
        using (ParquetSharp.WriterProperties properties = ParquetSharp.WriterProperties.GetDefaultWriterProperties())
        using (ParquetSharp.ParquetFileWriter writer = new(Input, root, properties))
        {
            writer.Close();
        }

        CorpusException taken = await Assert.ThrowsAsync<CorpusException>(() => WriteAsync(Input, Output));
        CorpusException missing = await Assert.ThrowsAsync<CorpusException>(() => WriteAsync(Input, Output, keep: ["url"]));

        Assert.Contains("column 'input_ids' cannot be kept, since tokenizing adds", taken.Message, StringComparison.Ordinal);
        Assert.Contains("no column 'url' to keep; found 'input_ids', 'text'.", missing.Message, StringComparison.Ordinal);
        await WriteAsync(Input, Output, keep: ["text"]);
    }

    [Fact]
    public async Task Create_InputChangedSinceInspected_Throws()
    {
        SampleFiles.WriteText(Input, [SampleFiles.Rows(5, 1)]);
        CorpusFile file = await CorpusInspector.InspectAsync(Input, "text", Cancel);
        SampleFiles.WriteText(Input, [SampleFiles.Rows(5, 2)]);
        using MemoryStream output = new();

        CorpusException error = await Assert.ThrowsAsync<CorpusException>(
            () => TokenizedFileWriter.CreateAsync(file, "text", null, output, cancellationToken: Cancel));

        Assert.Contains("do not change inputs", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, output.Length);
    }

    [Fact]
    public async Task WriteRowGroup_LengthsOrOrderWrong_ThrowsAndCanGoOn()
    {
        SampleFiles.WriteText(Input, [SampleFiles.Utf8("a", "b"), SampleFiles.Utf8("c")]);
        using MemoryStream output = new();
        await using TokenizedFileWriter writer = await TokenizedFileWriter.CreateAsync(Input, "text", null, output, null, Cancel);

        await Assert.ThrowsAsync<ArgumentException>(() => writer.WriteRowGroupAsync(1, Ints(1), Ints(1), Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => writer.WriteRowGroupAsync(0, Ints(1), Ints(1), Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => writer.WriteRowGroupAsync(0, Ints(1, 2), Ints(1, 2), Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => writer.WriteRowGroupAsync(0, Ints(1), Ints(3, -2), Cancel));
        await writer.WriteRowGroupAsync(0, Ints(1, 2), Ints(1, 1), Cancel);
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CompleteAsync(Cancel));
        await writer.WriteRowGroupAsync(1, Ints(3), Ints(1), Cancel);
        await Assert.ThrowsAsync<ArgumentException>(() => writer.WriteRowGroupAsync(2, Ints(), Ints(), Cancel));
        await writer.CompleteAsync(Cancel);
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CompleteAsync(Cancel));
    }

    [Fact]
    public async Task Append_InAnyParts_GivesTheBytesOfOneCall()
    {
        const int Rows = 700;
        SampleFiles.WriteText(Input, [SampleFiles.Rows(Rows, 1)]);
        int[] lengths = [.. Enumerable.Range(0, Rows).Select(row => row % 11 == 0 ? TokenizedFileWriter.NullText : row * row % 2003)];
        int[] ids = [.. Enumerable.Range(0, lengths.Sum(length => Math.Max(0, length)))];
        byte[] expected = await WritePartsAsync([Rows]);
        Assert.Equal(expected, await WritePartsAsync([0, 1, 0, 698, 1, 0]));
        Assert.Equal(expected, await WritePartsAsync([.. Enumerable.Repeat(7, Rows / 7)]));

        async Task<byte[]> WritePartsAsync(int[] parts)
        {
            using MemoryStream output = new();
            await using (TokenizedFileWriter writer = await TokenizedFileWriter.CreateAsync(Input, "text", null, output, cancellationToken: Cancel))
            {
                writer.BeginRowGroup(0, Cancel);
                int row = 0;
                int id = 0;
                foreach (int part in parts)
                {
                    int count = lengths.AsSpan(row, part).ToArray().Sum(length => Math.Max(0, length));
                    await writer.AppendAsync(ids.AsMemory(id, count), lengths.AsMemory(row, part), Cancel);
                    (row, id) = (row + part, id + count);
                }

                await writer.EndRowGroupAsync(Cancel);
            }

            return output.ToArray();
        }
    }

    [Fact]
    public async Task Append_WrongOrderOrNumber_Throws()
    {
        SampleFiles.WriteText(Input, [SampleFiles.Rows(3, 1)]);
        using MemoryStream output = new();
        await using TokenizedFileWriter writer = await TokenizedFileWriter.CreateAsync(Input, "text", null, output, cancellationToken: Cancel);
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.AppendAsync(Ints(), Ints(), Cancel));
        writer.BeginRowGroup(0, Cancel);
        Assert.Throws<InvalidOperationException>(() => writer.BeginRowGroup(0, Cancel));
        await writer.AppendAsync(Ints(1), Ints(1, 0), Cancel);
        await Assert.ThrowsAsync<ArgumentException>(() => writer.AppendAsync(Ints(), Ints(0, 0), Cancel));
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.EndRowGroupAsync(Cancel));
        await writer.AppendAsync(Ints(), Ints(0), Cancel);
        await writer.EndRowGroupAsync(Cancel);
        await writer.CompleteAsync(Cancel);
    }

    [Fact]
    public async Task Dispose_RowGroupsMissing_LeavesNoParquetFile()
    {
        SampleFiles.WriteText(Input, [SampleFiles.Utf8("a"), SampleFiles.Utf8("b")]);
        await using (FileStream output = File.Create(Output))
        {
            await using TokenizedFileWriter writer = await TokenizedFileWriter.CreateAsync(Input, "text", null, output, null, Cancel);
            await writer.WriteRowGroupAsync(0, Ints(1), Ints(1), Cancel);
        }

        await Assert.ThrowsAsync<CorpusException>(() => CorpusInspector.InspectAsync(Output, "id", Cancel));
    }

    [Fact]
    public async Task WriteRowGroup_DamagedKeptColumn_ThrowsAndLeavesNoParquetFile()
    {
        SampleFiles.WriteText(Input, [SampleFiles.Rows(2000, 1)], new SampleOptions { HasChecksums = true });
        byte[] bytes = await File.ReadAllBytesAsync(Input, Cancel);
        // The first column's first page begins with the file.
        bytes[100] ^= 0x55;
        await File.WriteAllBytesAsync(Input, bytes, Cancel);

        CorpusException error = await Assert.ThrowsAsync<CorpusException>(() => WriteAsync(Input, Output));

        Assert.Contains("row group 0, column 'id': the data is damaged: the checksum", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CorpusException>(() => CorpusInspector.InspectAsync(Output, "id", Cancel));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(23)]
    public void Validate_LevelOutside_Throws(int level) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenizedFileOptions { ZstdLevel = level }.Validate());

    [Fact]
    public void Validate_KeyTwice_Throws() =>
        Assert.Throws<ArgumentException>(() => new TokenizedFileOptions { Metadata = [new("a", "1"), new("a", "2")] }.Validate());

    // Tokens here are the bytes of the text, in threes: about what a tokenizer gives.
    private static async Task<List<int[]?>> WriteAsync(
        string input, string output, string text = "text", string[]? keep = null, TokenizedFileOptions? options = null)
    {
        List<int[]?> all = [];
        await using FileStream stream = File.Create(output);
        await using TextColumnReader reader = await TextColumnReader.OpenAsync(input, text, Cancel);
        await using TokenizedFileWriter writer = await TokenizedFileWriter.CreateAsync(input, text, keep, stream, options, Cancel);
        int first = options?.FirstRowGroup ?? 0;
        int end = first + (options?.RowGroupCount ?? reader.RowGroupCount - first);
        for (int group = first; group < end; group++)
        {
            using TextBatch batch = await reader.ReadRowGroupAsync(group, Cancel);
            int[]?[] rows = [.. Enumerable.Range(0, batch.RowCount).Select(row => batch.IsNull(row) ? null : Tokens(batch[row]))];
            all.AddRange(rows);
            await writer.WriteRowGroupAsync(
                group,
                rows.SelectMany(row => row ?? []).ToArray(),
                rows.Select(row => row?.Length ?? TokenizedFileWriter.NullText).ToArray(),
                Cancel);
        }

        await writer.CompleteAsync(Cancel);
        return all;
    }

    private static int[] Tokens(ReadOnlySpan<byte> text)
    {
        int[] ids = new int[(text.Length + 2) / 3];
        for (int i = 0; i < text.Length; i++)
        {
            ids[i / 3] = (ids[i / 3] << 8) | text[i];
        }

        return ids;
    }

    private static ReadOnlyMemory<int> Ints(params int[] values) => values;

    private static int[]?[] ReadIdsByArrow(string path)
    {
        List<int[]?> rows = [];
        using ParquetSharp.ParquetFileReader reader = new(path);
        int column = Enumerable.Range(0, reader.FileMetaData.Schema.NumColumns)
            .Single(i => reader.FileMetaData.Schema.Column(i).Path.ToDotString() == "input_ids.list.element");
        for (int i = 0; i < reader.FileMetaData.NumRowGroups; i++)
        {
            using ParquetSharp.RowGroupReader group = reader.RowGroup(i);
            using ParquetSharp.LogicalColumnReader<int?[]?> ids = group.Column(column).LogicalReader<int?[]?>();
            rows.AddRange(ids.ReadAll((int)group.MetaData.NumRows).Select(row => row?.Select(id => id!.Value).ToArray()));
        }

        return [.. rows];
    }

    private static string Dump(string path)
    {
        using ParquetSharp.ParquetFileReader reader = new(path);
        return string.Join('\n', Enumerable.Range(0, reader.FileMetaData.Schema.NumColumns).Select(i =>
        {
            ParquetSharp.ColumnDescriptor column = reader.FileMetaData.Schema.Column(i);
            return $"{column.Path.ToDotString()} {column.PhysicalType} {column.LogicalType.Type} {column.MaxDefinitionLevel} {column.MaxRepetitionLevel}";
        }));
    }

    private static void Execute(string sql) => Query(sql);

    private static string[] Query(string sql)
    {
        using DuckDBCommand command = s_duckDb.Value.CreateCommand();
#pragma warning disable CA2100 // The texts are this class's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        using DuckDBDataReader reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : $"{reader.GetValue(i)}")));
        }

        return [.. rows];
    }
}

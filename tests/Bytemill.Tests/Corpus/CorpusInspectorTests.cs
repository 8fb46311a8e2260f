using Bytemill.Corpus;
using ParquetSharp.Schema;

namespace Bytemill.Tests;

public sealed class CorpusInspectorTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Inspect_GoodFile_TellsRowsSizesAndColumns()
    {
        string path = _folder.File("x.parquet");
        SampleFiles.WriteText(path, [SampleFiles.Utf8("abc", null), SampleFiles.Utf8("defg")]);

        CorpusFile file = await Inspect(path, "text");

        Assert.Equal(path, file.Path);
        Assert.Equal(new FileInfo(path).Length, file.LengthBytes);
        Assert.Equal([2, 1], file.RowGroups.Select(group => group.Rows));
        Assert.All(file.RowGroups, group => Assert.InRange(group.TextBytes, 4, 200));
        Assert.Equal(3, file.Rows);
        Assert.Equal(
            [new ColumnInfo("id", "int64", false, true), new ColumnInfo("text", "string", true, true)], file.Columns);
        Assert.Matches("^[0-9a-f]{16}$", file.Fingerprint);
    }

    [Fact]
    public async Task Fingerprint_SameFileAndChangedFile_TellsThemApart()
    {
        string path = _folder.File("x.parquet");
        SampleFiles.WriteText(path, [SampleFiles.Utf8("abc")]);
        string first = (await Inspect(path, "text")).Fingerprint;
        string again = (await Inspect(path, "text")).Fingerprint;
        SampleFiles.WriteText(path, [SampleFiles.Utf8("abd")]);

        Assert.Equal(first, again);
        Assert.NotEqual(first, (await Inspect(path, "text")).Fingerprint);
    }

    [Fact]
    public async Task Inspect_EveryType_IsDescribed()
    {
        string path = _folder.File("x.parquet");
        AllTypes.Write(path, rowGroups: [3]);

        CorpusFile file = await Inspect(path, "text");

        Assert.Equal(AllTypes.Descriptions, file.Columns.Select(column => $"{column.Name}: {column.Type}"));
    }

    [Theory]
    [InlineData("body", "no column 'body'; found 'id', 'doc1'. Choose one with --text-column; text columns here: 'doc1.text'.")]
    [InlineData("doc1.body", "no column 'doc1.body'")]
    [InlineData("id", "column 'id' is of type int64; text must be a string or binary column with one value per row. "
        + "Choose another with --text-column; text columns here: 'doc1.text'.")]
    [InlineData("doc1", "column 'doc1' is of type struct<text: string>")]
    public async Task Inspect_WrongColumn_NamesTheColumnsThere(string column, string expected)
    {
        string path = _folder.File("x.parquet");
        SampleFiles.WriteText(path, [SampleFiles.Utf8("abc")], new SampleOptions { Structs = 1 });

        CorpusException error = await Assert.ThrowsAsync<CorpusException>(() => Inspect(path, column));

        Assert.StartsWith($"{path}: {expected}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "the file is empty (0 bytes)")]
    [InlineData("PAR1", "is cut short: its 4 bytes")]
    [InlineData("PAR1PAR1", "is cut short: its 8 bytes")]
    [InlineData("PAR1....PAR1", "announces a footer of 774778414 bytes, but has only 12")]
    [InlineData("PAR1\0\0\0\0PAR1", "the Parquet footer is damaged (the bytes end in the middle of a struct)")]
    [InlineData("PAR1\0\u0001\0\0\0PAR1", "the Parquet footer is damaged (there is no schema)")]
    [InlineData("PAR1 and so on", "is cut short")]
    [InlineData("PARE....PARE", "is encrypted")]
    [InlineData("{\"a\": 1}", "not a Parquet file: it begins with '{\"a\"' instead of 'PAR1'")]
    [InlineData("\u0001\u0002", "not a Parquet file: it begins with bytes 0102 instead of 'PAR1'")]
    public async Task Inspect_NoParquet_TellsWhatWasFound(string content, string expected)
    {
        string path = _folder.File("x.parquet");
        await File.WriteAllBytesAsync(path, System.Text.Encoding.Latin1.GetBytes(content), Cancel);

        CorpusException error = await Assert.ThrowsAsync<CorpusException>(() => Inspect(path, "text"));

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_MissingFileOrDirectory_Throws()
    {
        Assert.Contains(
            "cannot be opened",
            (await Assert.ThrowsAsync<CorpusException>(() => Inspect(_folder.File("no.parquet"), "text"))).Message,
            StringComparison.Ordinal);
        await Assert.ThrowsAsync<CorpusException>(() => Inspect(_folder.Root, "text"));
    }

    [Fact]
    public async Task Inspect_TakenNames_CannotBeKept()
    {
        string path = _folder.File("x.parquet");
        using (GroupNode root = new(
            "schema",
            ParquetSharp.Repetition.Required,
            [
                new PrimitiveNode("n_tokens", ParquetSharp.Repetition.Required, ParquetSharp.LogicalType.None(), ParquetSharp.PhysicalType.Int64),
                new PrimitiveNode("text", ParquetSharp.Repetition.Required, ParquetSharp.LogicalType.String(), ParquetSharp.PhysicalType.ByteArray),
            ]))
        using (ParquetSharp.WriterProperties properties = ParquetSharp.WriterProperties.GetDefaultWriterProperties())
        using (ParquetSharp.ParquetFileWriter writer = new(path, root, properties))
        {
            writer.Close();
        }

        CorpusFile file = await Inspect(path, "text");

        Assert.Equal([false, true], file.Columns.Select(column => column.CanKeep));
        CorpusException error = Assert.Throws<CorpusException>(() => TokenizedFileWriter.CheckColumns(file, "text", null));
        Assert.Contains("column 'n_tokens' cannot be kept, since tokenizing adds", error.Message, StringComparison.Ordinal);
        TokenizedFileWriter.CheckColumns(file, "text", ["text"]);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Task<CorpusFile> Inspect(string path, string column) =>
        CorpusInspector.InspectAsync(path, column, Cancel);
}

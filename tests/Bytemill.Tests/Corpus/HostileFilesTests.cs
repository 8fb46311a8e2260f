using Bytemill.Corpus;

namespace Bytemill.Tests;

/// <summary>Odd and broken files made elsewhere: each gives its right text or one clear line.</summary>
public sealed class HostileFilesTests
{
    private const string Good = "";

    public static TheoryData<string, string, string> Files => new()
    {
        { "200k-empty-strings.parquet", "text", Good },
        { "all-null-text.parquet", "text", Good },
        { "binary-text-invalid-utf8.parquet", "text", "row group 0, column 'text', row " },
        { "brotli.parquet", "text", Good },
        { "column-named-content.parquet", "text", "no column 'text'; found 'id', 'lang', 'source', 'content'" },
        { "column-named-content.parquet", "content", Good },
        { "corrupt-data-pages.parquet", "text", "column 'text', rows 0 to 149: the data is damaged: " },
        { "dictionary-page-v2.parquet", "text", Good },
        { "empty-file.parquet", "text", "the file is empty (0 bytes)" },
        { "footer-length-too-big.parquet", "text", "announces a footer of " },
        { "gzip.parquet", "text", Good },
        { "list-of-string-text.parquet", "text", "column 'text' is of type list<string>" },
        { "lz4-raw.parquet", "text", Good },
        { "magic-only.parquet", "text", "is cut short" },
        { "not-parquet-plain-text.parquet", "text", "not a Parquet file: it begins with " },
        { "null-text.parquet", "text", Good },
        { "odd-characters.parquet", "text", Good },
        { "one-64mb-single-line-document.parquet", "text", Good },
        { "page-v2-delta-byte-array.parquet", "text", Good },
        { "snappy.parquet", "text", Good },
        { "string-text-invalid-utf8.parquet", "text", "the text is no UTF-8 at byte " },
        { "text-is-int64.parquet", "text", "column 'text' is of type int64" },
        { "text-nested-in-struct.parquet", "doc.text", Good },
        { "text-nested-in-struct.parquet", "doc", "column 'doc' is of type struct<text: string, lang: string>" },
        { "text-nested-in-struct.parquet", "text", "text columns here: 'id', 'doc.text', 'doc.lang'." },
        { "truncated-last-byte.parquet", "text", "is cut short" },
        { "truncated.parquet", "text", "is cut short" },
        { "uncompressed.parquet", "text", Good },
        { "wrong-magic.parquet", "text", "it begins with 'PARX' instead of 'PAR1'" },
        { "zero-rows-one-empty-row-group.parquet", "text", Good },
        { "zero-rows.parquet", "text", Good },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Read_HostileFile_GivesRightTextOrOneClearLine(string name, string column, string expectedError)
    {
        string? path = SharedData.Find($"../corpus/hostile/{name}");
        if (path is null)
        {
            Assert.Skip("The hostile files are not here.");
        }

        if (expectedError == Good)
        {
            await AssertSameAsWitness(path, column);
            return;
        }

        CorpusException error = await Assert.ThrowsAsync<CorpusException>(() => ReadAllAsync(path, column));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expectedError, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        TestContext.Current.TestOutputHelper?.WriteLine(error.Message);
    }

    [Fact]
    public void Files_Folder_HasNoUntestedFile()
    {
        string? folder = SharedData.Find("../corpus/hostile");
        if (folder is null)
        {
            Assert.Skip("The hostile files are not here.");
        }

        IEnumerable<string> tested = Files.Select(row => row.Data.Item1).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(tested, Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private static async Task ReadAllAsync(string path, string column)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        await CorpusInspector.InspectAsync(path, column, cancel);
        await using TextColumnReader reader = await TextColumnReader.OpenAsync(path, column, cancel);
        for (int group = 0; group < reader.RowGroupCount; group++)
        {
            (await reader.ReadRowGroupAsync(group, cancel)).Dispose();
        }
    }

    private static async Task AssertSameAsWitness(string path, string column)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        byte[]?[][] expected = Witness.ReadBytes(path, column);
        CorpusFile file = await CorpusInspector.InspectAsync(path, column, cancel);
        await using TextColumnReader reader = await TextColumnReader.OpenAsync(path, column, cancel);
        Assert.Equal(expected.Length, reader.RowGroupCount);
        Assert.Equal(expected.Select(group => group.LongLength), file.RowGroups.Select(group => group.Rows));
        for (int group = 0; group < expected.Length; group++)
        {
            using TextBatch batch = await reader.ReadRowGroupAsync(group, cancel);
            Assert.Equal(expected[group].Length, batch.RowCount);
            for (int row = 0; row < batch.RowCount; row++)
            {
                if (batch.IsNull(row) != expected[group][row] is null || !batch[row].SequenceEqual(expected[group][row]))
                {
                    Assert.Fail($"Row group {group}, row {row} differs.");
                }
            }
        }
    }
}

using ParquetSharp;

namespace Bytemill.Tests;

/// <summary>Writes documents as partitioned Parquet, by another library than the product's.</summary>
internal static class TestCorpus
{
    /// <summary>Writes <c>part-0.parquet …</c> with columns id, lang, text; documents go round the files in turn.</summary>
    /// <returns>Paths of the files.</returns>
    public static string[] Write(string directory, IReadOnlyList<string?> documents, int files, int rowsPerGroup)
    {
        Directory.CreateDirectory(directory);
        string[] paths = [.. Enumerable.Range(0, files).Select(file => Path.Combine(directory, $"part-{file}.parquet"))];
        for (int file = 0; file < files; file++)
        {
            int[] rows = [.. Enumerable.Range(0, documents.Count).Where(row => row % files == file)];
            WriteFile(paths[file], [.. rows.Select(row => (Id(row), row % 3 == 0 ? null : $"l{row % 5}", documents[row]))], rowsPerGroup);
        }

        return paths;
    }

    public static string Id(int row) => $"doc-{row:D5}";

    public static void WriteFile(string path, IReadOnlyList<(string Id, string? Language, string? Text)> rows, int rowsPerGroup)
    {
        Column[] columns = [new Column<string>("id"), new Column<string>("lang"), new Column<string>("text")];
        using var writer = new ParquetFileWriter(path, columns, Compression.Zstd);
        foreach ((string Id, string? Language, string? Text)[] group in rows.Chunk(rowsPerGroup))
        {
            using RowGroupWriter rowGroup = writer.AppendRowGroup();
            WriteColumn(rowGroup, [.. group.Select(row => row.Id)]);
            WriteColumn(rowGroup, [.. group.Select(row => row.Language)]);
            WriteColumn(rowGroup, [.. group.Select(row => row.Text)]);
        }

        writer.Close();
    }

    private static void WriteColumn(RowGroupWriter rowGroup, string?[] values)
    {
        using LogicalColumnWriter<string?> column = rowGroup.NextColumn().LogicalWriter<string?>();
        column.WriteBatch(values);
    }
}

using Bytemill.Corpus;
using ParquetSharp;
using Encoding = System.Text.Encoding;

namespace Bytemill.Tests;

/// <summary>Parquet files of ids, languages and texts of any bytes, with a checksum for each page; and ways to break them.</summary>
internal static class RawFiles
{
    public static string Write(string path, IEnumerable<IReadOnlyList<RawRow>> groups)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Column[] columns = [new Column<string>("id"), new Column<string>("lang"), new Column<byte[]>("text")];
        using WriterPropertiesBuilder builder = new();
        using WriterProperties properties = builder.Compression(Compression.Zstd).DisableDictionary().EnablePageChecksum().Build();
        using var writer = new ParquetFileWriter(path, columns, properties);
        foreach (IReadOnlyList<RawRow> rows in groups)
        {
            using RowGroupWriter group = writer.AppendRowGroup();
            Write<string?>(group, [.. rows.Select(row => row.Id)]);
            Write(group, [.. rows.Select(row => row.Language)]);
            Write(group, [.. rows.Select(row => row.Text)]);
        }

        writer.Close();
        return path;
    }

    public static string WriteJson(string path, IEnumerable<RawRow> rows)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using MemoryStream content = new();
        foreach (RawRow row in rows)
        {
            content.Write(row.Line);
            content.Write("\n"u8);
        }

        return LineFiles.Write(path, content.ToArray());
    }

    /// <summary>Changes a byte of the last page of a column, so that its checksum no longer fits.</summary>
    public static void DamagePage(string path, int rowGroup, int column)
    {
        ColumnChunk chunk;
        using (CorpusSource source = CorpusSource.Open(path))
        {
            chunk = ParquetFooter.Read(source).RowGroups[rowGroup].Chunks[column];
        }

        byte[] bytes = File.ReadAllBytes(path);
        bytes[chunk.Start + chunk.LengthBytes - 2] ^= 0x10;
        File.WriteAllBytes(path, bytes);
    }

    private static void Write<T>(RowGroupWriter group, T[] values)
    {
        using LogicalColumnWriter<T> column = group.NextColumn().LogicalWriter<T>();
        column.WriteBatch(values);
    }

    /// <summary>A row of a corpus as bytes.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Language">Its language, or null.</param>
    /// <param name="Text">Its text: any bytes, or null.</param>
    internal sealed record RawRow(string Id, string? Language, byte[]? Text)
    {
        /// <summary>As a JSON object; what is no UTF-8 stays so.</summary>
        public byte[] Line { get; init; } =
        [
            .. Encoding.UTF8.GetBytes($$"""{"id":"{{Id}}","lang":{{(Language is null ? "null" : $"\"{Language}\"")}},"text":"""),
            .. Text is null ? [.. "null"u8] : (byte[])[.. "\""u8, .. Escape(Text), .. "\""u8],
            .. "}"u8,
        ];

        private static byte[] Escape(byte[] text) =>
        [
            .. text.SelectMany(value => value is (byte)'"' or (byte)'\\' ? [(byte)'\\', value]
                : value < 0x20 ? Encoding.ASCII.GetBytes($"\\u{(int)value:x4}")
                : (byte[])[value]),
        ];
    }
}

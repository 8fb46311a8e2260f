using ParquetSharp;
using ParquetSharp.Schema;

namespace Bytemill.Tests;

/// <summary>Small Parquet files, written by ParquetSharp so that reader and writer do not share mistakes.</summary>
internal static class SampleFiles
{
    /// <summary>Rows with nulls at random, long and short, with many repeats.</summary>
    public static byte[]?[] Rows(int count, int seed, bool withNulls = true)
    {
        string[] words = ["", "a", "mill", "字节", "байт", "octet 🙂", "\n", "e\u0301", new string('x', 300)];
        Random random = new(seed);
        byte[]?[] rows = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            bool isNull = withNulls && random.Next(4) == 0;
            int length = random.Next(10) == 0 ? random.Next(60) : random.Next(3);
            rows[i] = isNull
                ? null
                : System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, length).Select(_ => words[random.Next(words.Length)])));
        }

        return rows;
    }

    public static byte[]?[] Utf8(params string?[] rows) => [.. rows.Select(row => row is null ? null : System.Text.Encoding.UTF8.GetBytes(row))];

    /// <summary>Writes columns <c>id</c> (int64) and <c>text</c>; nulls of a nested text lie at a level chosen by row.</summary>
    public static void WriteText(string path, byte[]?[][] rowGroups, SampleOptions? options = null)
    {
        options ??= new SampleOptions();
        using WriterProperties properties = Properties(options);
        Repetition repetition = options.IsRequired ? Repetition.Required : Repetition.Optional;
        using LogicalType type = options.IsAnnotated ? LogicalType.String() : LogicalType.None();
        Node text = new PrimitiveNode("text", repetition, type, PhysicalType.ByteArray);
        for (int i = options.Structs; i > 0; i--)
        {
            text = new GroupNode($"doc{i}", repetition, [text]);
        }

        using GroupNode root = new(
            "schema",
            Repetition.Required,
            [new PrimitiveNode("id", Repetition.Required, LogicalType.None(), PhysicalType.Int64), text]);
        using ParquetFileWriter writer = new(path, root, properties);
        int maxLevel = options.IsRequired ? 0 : options.Structs + 1;
        foreach (byte[]?[] rows in rowGroups)
        {
            using RowGroupWriter group = writer.AppendRowGroup();
            using (ColumnWriter<long> ids = (ColumnWriter<long>)group.NextColumn())
            {
                ids.WriteBatch([.. Enumerable.Range(0, rows.Length).Select(row => (long)row)]);
            }

            using (ColumnWriter<ByteArray> column = (ColumnWriter<ByteArray>)group.NextColumn())
            {
                WriteByteArrays(column, rows, maxLevel);
            }

            group.Close();
        }

        writer.Close();
    }

    public static unsafe void WriteByteArrays(ColumnWriter<ByteArray> column, byte[]?[] rows, int maxLevel)
    {
        byte[][] present = [.. rows.Where(row => row is not null).Select(row => row!)];
        byte[] blob = new byte[present.Sum(row => row.Length) + 1];
        short[] levels = [.. rows.Select((row, i) => (short)(row is null ? i % Math.Max(1, maxLevel) : maxLevel))];
        fixed (byte* start = blob)
        {
            ByteArray[] values = new ByteArray[present.Length];
            int offset = 0;
            for (int i = 0; i < values.Length; i++)
            {
                present[i].CopyTo(blob, offset);
                values[i] = new ByteArray((IntPtr)(start + offset), present[i].Length);
                offset += present[i].Length;
            }

            if (maxLevel == 0)
            {
                column.WriteBatch(values);
            }
            else
            {
                column.WriteBatch(rows.Length, levels, null, values);
            }
        }
    }

    public static WriterProperties Properties(SampleOptions options)
    {
        using WriterPropertiesBuilder builder = new();
        builder.Compression(options.Compression);
        builder.DataPagesize(options.PageBytes);
        builder.WriteBatchSize(64);
        builder.DataPageVersion(options.IsPageV2 ? ParquetDataPageVersion.V2 : ParquetDataPageVersion.V1);
        if (options.HasChecksums)
        {
            builder.EnablePageChecksum();
        }

        if (options.Encoding is ParquetSharp.Encoding encoding)
        {
            builder.DisableDictionary();
            builder.Encoding("text", encoding);
        }

        return builder.Build();
    }
}

using System.Runtime.InteropServices;
using ParquetSharp;

namespace Bytemill.Tests;

/// <summary>Reads Parquet by Arrow's own code, to compare with.</summary>
internal static class Witness
{
    /// <summary>All rows of a byte-array column, row group by row group; null where it is null.</summary>
    public static unsafe byte[]?[][] ReadBytes(string path, string dottedColumn)
    {
        using ParquetFileReader reader = new(path);
        int column = ColumnIndex(reader, dottedColumn);
        byte[]?[][] groups = new byte[reader.FileMetaData.NumRowGroups][][];
        for (int i = 0; i < groups.Length; i++)
        {
            using RowGroupReader group = reader.RowGroup(i);
            using ColumnReader<ByteArray> values = (ColumnReader<ByteArray>)group.Column(column);
            List<byte[]?> rows = [];
            short max = values.ColumnDescriptor.MaxDefinitionLevel;
            ByteArray[] batch = new ByteArray[256];
            short[] levels = new short[256];
            while (values.HasNext)
            {
                long read = values.ReadBatch(256, max > 0 ? levels : null, null, batch, out long present);
                int next = 0;
                for (int row = 0; row < (max > 0 ? read : present); row++)
                {
                    if (max > 0 && levels[row] < max)
                    {
                        rows.Add(null);
                        continue;
                    }

                    ByteArray value = batch[next++];
                    rows.Add(new ReadOnlySpan<byte>((void*)value.Pointer, value.Length).ToArray());
                }
            }

            groups[i] = [.. rows];
        }

        return groups;
    }

    /// <summary>Values and levels of a column of any type, as text.</summary>
    public static string[] ReadRaw(string path, string dottedColumn)
    {
        using ReaderProperties properties = ReaderProperties.GetDefaultReaderProperties();
        properties.EnablePageChecksumVerification();
        using ParquetFileReader reader = new(path, properties);
        int column = ColumnIndex(reader, dottedColumn);
        List<string> lines = [];
        for (int i = 0; i < reader.FileMetaData.NumRowGroups; i++)
        {
            using RowGroupReader group = reader.RowGroup(i);
            lines.Add($"row group {i}: {group.MetaData.NumRows} rows");
            using ColumnReader values = group.Column(column);
            values.Apply(new Lines(lines));
        }

        return [.. lines];
    }

    public static string[] Columns(string path)
    {
        using ParquetFileReader reader = new(path);
        return
        [
            .. Enumerable.Range(0, reader.FileMetaData.Schema.NumColumns)
                .Select(i => reader.FileMetaData.Schema.Column(i).Path.ToDotString()),
        ];
    }

    private static int ColumnIndex(ParquetFileReader reader, string dottedColumn) =>
        Enumerable.Range(0, reader.FileMetaData.Schema.NumColumns)
            .Single(i => reader.FileMetaData.Schema.Column(i).Path.ToDotString() == dottedColumn);

    private sealed class Lines(List<string> lines) : IColumnReaderVisitor<bool>
    {
        public unsafe bool OnColumnReader<TValue>(ColumnReader<TValue> columnReader)
            where TValue : unmanaged
        {
            int width = columnReader.ColumnDescriptor.TypeLength;
            short max = columnReader.ColumnDescriptor.MaxDefinitionLevel;
            TValue[] values = new TValue[256];
            short[] definition = new short[256];
            short[] repetition = new short[256];
            while (columnReader.HasNext)
            {
                long read = columnReader.ReadBatch(256, definition, repetition, values, out long present);
                int next = 0;
                for (int i = 0; i < Math.Max(read, present); i++)
                {
                    string value = max > 0 && definition[i] < max ? "-" : Text(values[next++], width);
                    lines.Add($"{(max > 0 ? definition[i] : 0)} {repetition[i]} {value}");
                }
            }

            return true;
        }

        private static unsafe string Text<TValue>(TValue value, int width)
            where TValue : unmanaged => value switch
            {
                ByteArray bytes => Convert.ToHexString(new ReadOnlySpan<byte>((void*)bytes.Pointer, bytes.Length)),
                FixedLenByteArray bytes => Convert.ToHexString(new ReadOnlySpan<byte>((void*)bytes.Pointer, width)),
                _ => Convert.ToHexString(MemoryMarshal.AsBytes(new ReadOnlySpan<TValue>(in value))),
            };
    }
}

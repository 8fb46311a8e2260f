using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>A Parquet file as it is written: position, row groups so far, footer at the end.</summary>
internal sealed class ParquetOutput
{
    // The form 'name version x (build y)' is what readers parse.
    private const string CreatedBy = "Bytemill version 1 (build parquet)";

    private readonly List<ThriftStruct> _rowGroups = [];
    private long _rows;
    private long _groupStart;
    private List<ThriftStruct> _chunks = [];
    private long _uncompressedBytes;

    /// <param name="stream">At its beginning; stays open.</param>
    public ParquetOutput(Stream stream)
    {
        Stream = stream;
        Write("PAR1"u8);
    }

    public Stream Stream { get; }

    /// <summary>Bytes written so far.</summary>
    public long Position { get; private set; }

    public void BeginRowGroup()
    {
        _groupStart = Position;
        _chunks = [];
        _uncompressedBytes = 0;
    }

    /// <summary>Takes note of a chunk that was written to <see cref="Stream"/> at <see cref="Position"/>.</summary>
    public void Add((ThriftStruct Chunk, long LengthBytes) written)
    {
        _chunks.Add(written.Chunk);
        Position += written.LengthBytes;
        _uncompressedBytes += written.Chunk.Struct(FooterFields.Chunk.Metadata)!
            .RequiredInteger(FooterFields.ChunkMetadata.UncompressedBytes);
    }

    public void EndRowGroup(long rows)
    {
        ThriftStruct entry = new ThriftStruct()
            .SetList(FooterFields.RowGroup.Columns, ThriftList.OfStructs(_chunks))
            .SetInt64(FooterFields.RowGroup.TotalBytes, _uncompressedBytes)
            .SetInt64(FooterFields.RowGroup.Rows, rows)
            .SetInt64(FooterFields.RowGroup.FileOffset, _groupStart)
            .SetInt64(FooterFields.RowGroup.CompressedBytes, Position - _groupStart);
        if (_rowGroups.Count <= short.MaxValue)
        {
            entry.SetInt16(FooterFields.RowGroup.Ordinal, (short)_rowGroups.Count);
        }

        _rowGroups.Add(entry);
        _rows = checked(_rows + rows);
    }

    /// <summary>Whether the metadata tells Hugging Face <c>datasets</c> the types of the columns.</summary>
    public bool DescribesFeatures { get; init; }

    /// <summary>Writes the footer and flushes. Without it the output is no Parquet file.</summary>
    /// <param name="columnCount">Top-level columns.</param>
    /// <param name="elements">Their schema elements, flattened, without the root.</param>
    /// <param name="metadata">Key-value metadata.</param>
    /// <param name="orders">Order of values of each leaf; null for none.</param>
    public void Complete(
        int columnCount, IEnumerable<ThriftStruct> elements, ImmutableArray<KeyValuePair<string, string>> metadata, ThriftList? orders)
    {
        List<ThriftStruct> schema =
        [
            new ThriftStruct()
                .SetInt32(FooterFields.Schema.Repetition, (int)Repetition.Required)
                .SetText(FooterFields.Schema.Name, "schema")
                .SetInt32(FooterFields.Schema.Children, columnCount),
            .. elements,
        ];
        if (DescribesFeatures)
        {
            metadata = metadata.Add(new(DatasetFeatures.MetadataKey, DatasetFeatures.ToMetadata(DatasetFeatures.Of(SchemaNode.ReadTree(schema, [])))));
        }

        ThriftStruct footer = new ThriftStruct()
            .SetInt32(FooterFields.File.Version, 2)
            .SetList(FooterFields.File.Schema, ThriftList.OfStructs(schema))
            .SetInt64(FooterFields.File.Rows, _rows)
            .SetList(FooterFields.File.RowGroups, ThriftList.OfStructs(_rowGroups))
            .SetText(FooterFields.File.CreatedBy, CreatedBy);
        if (!metadata.IsEmpty)
        {
            footer.SetList(
                FooterFields.File.Metadata,
                ThriftList.OfStructs(metadata.Select(pair => new ThriftStruct()
                    .SetText(FooterFields.KeyValue.Key, pair.Key)
                    .SetText(FooterFields.KeyValue.Value, pair.Value))));
        }

        if (orders is not null)
        {
            footer.SetList(FooterFields.File.ColumnOrders, orders);
        }

        ArrayBufferWriter<byte> tail = new();
        ThriftWriter.Write(footer, tail);
        int length = tail.WrittenCount;
        BinaryPrimitives.WriteInt32LittleEndian(tail.GetSpan(sizeof(int)), length);
        tail.Advance(sizeof(int));
        tail.Write("PAR1"u8);
        Write(tail.WrittenSpan);
        Stream.Flush();
    }

    /// <summary>Orders of leaves whose values are ordered as their type says.</summary>
    public static ThriftList OrdersByType(int leaves) => AppendOrdersByType(new ThriftList(ThriftType.Struct), leaves);

    public static ThriftList AppendOrdersByType(ThriftList orders, int leaves)
    {
        ThriftStruct byType = new ThriftStruct().SetStruct(1, new ThriftStruct());
        for (int i = 0; i < leaves; i++)
        {
            orders.Items.Add(new ThriftValue(ThriftType.Struct, 0, byType));
        }

        return orders;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        Stream.Write(bytes);
        Position += bytes.Length;
    }
}

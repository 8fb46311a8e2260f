using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Parquet;
using Parquet.Schema;

namespace Bytemill.Corpus;

/// <summary>Decodes the values of one page with the Parquet library, as a file of one required column made for it.</summary>
internal static class LibraryDecoder
{
    private const string Name = "values";

    /// <param name="column">Tells the type.</param>
    /// <param name="encoding">Of the page.</param>
    /// <param name="body">The page without levels, decompressed.</param>
    /// <param name="count">Values in it.</param>
    /// <param name="where">For messages.</param>
    /// <exception cref="CorpusException">The encoding is not supported for the type.</exception>
    public static LeafValues Decode(SchemaNode column, PageEncoding encoding, ReadOnlyMemory<byte> body, int count, string where)
    {
        bool isKnown = (encoding, column.Type) switch
        {
            (PageEncoding.DeltaBinaryPacked, PhysicalType.Int32 or PhysicalType.Int64) => true,
            (PageEncoding.DeltaLengthByteArray or PageEncoding.DeltaByteArray, PhysicalType.ByteArray) => true,
            (PageEncoding.ByteStreamSplit, PhysicalType.Int32 or PhysicalType.Int64 or PhysicalType.Float or PhysicalType.Double) => true,
            _ => false,
        };
        if (!isKnown)
        {
            throw new CorpusException(
                $"{where}: encoding {encoding} is not supported for {column.Describe()} where rows are selected; write the column with plain or "
                + "dictionary encoding, or leave it out with --keep.");
        }

        PhysicalType type = column.Type!.Value;
        byte[] file = MakeFile(type, encoding, body.Span, count);
        return type switch
        {
            PhysicalType.Int32 => Fixed<int>(file, count),
            PhysicalType.Int64 => Fixed<long>(file, count),
            PhysicalType.Float => Fixed<float>(file, count),
            PhysicalType.Double => Fixed<double>(file, count),
            _ => new LeafValues(Read<ReadOnlyMemory<byte>>(file, new DataField(Name, typeof(byte[]), isNullable: false), count)),
        };
    }

    private static LeafValues Fixed<T>(byte[] file, int count)
        where T : unmanaged =>
        new(MemoryMarshal.AsBytes<T>(Read<T>(file, new DataField(Name, typeof(T), isNullable: false), count)).ToArray(), Marshal.SizeOf<T>());

    private static T[] Read<T>(byte[] file, DataField field, int count)
        where T : struct
    {
        T[] values = new T[count];
        // Only a field of a schema knows its levels.
        _ = new ParquetSchema(field);
        InlineContext.Run(async () =>
        {
            using MemoryStream stream = new(file, writable: false);
            await using ParquetReader reader = await ParquetReader.CreateAsync(stream).ConfigureAwait(true);
            using ParquetRowGroupReader rows = reader.OpenRowGroupReader(0);
            await rows.ReadRawAsync<T>(field, values, null, null).ConfigureAwait(true);
        });
        return values;
    }

    private static byte[] MakeFile(PhysicalType type, PageEncoding encoding, ReadOnlySpan<byte> body, int count)
    {
        ArrayBufferWriter<byte> file = new(body.Length + 512);
        file.Write("PAR1"u8);
        int start = file.WrittenCount;
        ThriftWriter.Write(
            new ThriftStruct()
                .SetInt32(FooterFields.Page.Type, (int)PageType.Data)
                .SetInt32(FooterFields.Page.UncompressedBytes, body.Length)
                .SetInt32(FooterFields.Page.CompressedBytes, body.Length)
                .SetStruct(
                    FooterFields.Page.DataHeader,
                    new ThriftStruct()
                        .SetInt32(FooterFields.DataPage.Values, count)
                        .SetInt32(FooterFields.DataPage.Encoding, (int)encoding)
                        .SetInt32(FooterFields.DataPage.DefinitionEncoding, (int)PageEncoding.Rle)
                        .SetInt32(FooterFields.DataPage.RepetitionEncoding, (int)PageEncoding.Rle)),
            file);
        file.Write(body);
        long bytes = file.WrittenCount - start;
        ThriftStruct metadata = new ThriftStruct()
            .SetInt32(FooterFields.ChunkMetadata.Type, (int)type)
            .SetList(FooterFields.ChunkMetadata.Encodings, ThriftList.OfInt32((int)encoding))
            .SetList(FooterFields.ChunkMetadata.Path, ThriftList.OfBinary([.. "values"u8]))
            .SetInt32(FooterFields.ChunkMetadata.Codec, (int)Codec.Uncompressed)
            .SetInt64(FooterFields.ChunkMetadata.Values, count)
            .SetInt64(FooterFields.ChunkMetadata.UncompressedBytes, bytes)
            .SetInt64(FooterFields.ChunkMetadata.CompressedBytes, bytes)
            .SetInt64(FooterFields.ChunkMetadata.DataPageOffset, start);
        ThriftStruct group = new ThriftStruct()
            .SetList(
                FooterFields.RowGroup.Columns,
                ThriftList.OfStructs([new ThriftStruct().SetInt64(FooterFields.Chunk.FileOffset, 0).SetStruct(FooterFields.Chunk.Metadata, metadata)]))
            .SetInt64(FooterFields.RowGroup.TotalBytes, bytes)
            .SetInt64(FooterFields.RowGroup.Rows, count);
        int footerStart = file.WrittenCount;
        ThriftWriter.Write(
            new ThriftStruct()
                .SetInt32(FooterFields.File.Version, 1)
                .SetList(
                    FooterFields.File.Schema,
                    ThriftList.OfStructs(
                    [
                        new ThriftStruct().SetText(FooterFields.Schema.Name, "schema").SetInt32(FooterFields.Schema.Children, 1),
                        new ThriftStruct()
                            .SetInt32(FooterFields.Schema.Type, (int)type)
                            .SetInt32(FooterFields.Schema.Repetition, (int)Repetition.Required)
                            .SetText(FooterFields.Schema.Name, Name),
                    ]))
                .SetInt64(FooterFields.File.Rows, count)
                .SetList(FooterFields.File.RowGroups, ThriftList.OfStructs([group])),
            file);
        BinaryPrimitives.WriteInt32LittleEndian(file.GetSpan(sizeof(int)), file.WrittenCount - footerStart);
        file.Advance(sizeof(int));
        file.Write("PAR1"u8);
        return file.WrittenSpan.ToArray();
    }
}

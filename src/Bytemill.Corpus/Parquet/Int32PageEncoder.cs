using System.Buffers.Binary;
using Parquet;
using Parquet.Schema;

namespace Bytemill.Corpus;

/// <summary>Encodes int32 values with their levels as the body of one data page, by writing a file of one column to memory
/// and taking its page out.</summary>
internal sealed class Int32PageEncoder : IDisposable
{
    private readonly ParquetSchema _schema;
    private readonly DataField _leaf;
    private readonly MemoryStream _file = new();

    /// <param name="field">A nullable int32 column or a list of them.</param>
    /// <param name="leaf">Its leaf.</param>
    public Int32PageEncoder(Field field, DataField leaf)
    {
        _schema = new ParquetSchema(field);
        _leaf = leaf;
    }

    /// <summary>Encodes values, plain, uncompressed, version 1.</summary>
    /// <param name="values">Values without the nulls.</param>
    /// <param name="definitionLevels">A level for each value, null and empty list.</param>
    /// <param name="repetitionLevels">As many; null for a column without lists.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The page without header, valid until the next call.</returns>
    public async Task<ReadOnlyMemory<byte>> EncodeAsync(
        ReadOnlyMemory<int> values,
        ReadOnlyMemory<int> definitionLevels,
        ReadOnlyMemory<int>? repetitionLevels,
        CancellationToken cancellationToken)
    {
        _file.SetLength(0);
        ParquetOptions options = new() { CompressionMethod = CompressionMethod.None };
        await using (ParquetWriter writer = await ParquetWriter
            .CreateAsync(_schema, _file, options, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAllPartsAsync(_leaf, values, definitionLevels, repetitionLevels, cancellationToken)
                .ConfigureAwait(false);
            group.CompleteValidate();
        }

        return TakePage(_file.GetBuffer().AsMemory(0, (int)_file.Length), definitionLevels.Length);
    }

    public void Dispose() => _file.Dispose();

    private static ReadOnlyMemory<byte> TakePage(ReadOnlyMemory<byte> file, int values)
    {
        int footerLength = BinaryPrimitives.ReadInt32LittleEndian(file.Span[^8..]);
        ThriftStruct footer = new ThriftReader(file.Span[^(8 + footerLength)..^8]).ReadStruct();
        ThriftStruct chunk = footer.List(FooterFields.File.RowGroups)!.Structs().Single()
            .List(FooterFields.RowGroup.Columns)!.Structs().Single()
            .Struct(FooterFields.Chunk.Metadata)!;
        int start = (int)chunk.RequiredInteger(FooterFields.ChunkMetadata.DataPageOffset);
        int length = (int)chunk.RequiredInteger(FooterFields.ChunkMetadata.CompressedBytes);
        PageHeader page = PageHeader.Read(file.Span.Slice(start, length), start);
        // One plain page of version 1, or the headers written for it would be wrong.
        if (page is not { Type: PageType.Data, Encoding: PageEncoding.Plain }
            || page.Values != values
            || page.HeaderBytes + page.CompressedBytes != length)
        {
            throw new InvalidOperationException(
                $"The Parquet library wrote {page} for {values} values in {length} bytes; expected one plain data page.");
        }

        return file.Slice((int)page.BodyStart, page.CompressedBytes);
    }
}

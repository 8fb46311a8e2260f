using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using Parquet.Schema;
using ZstdSharp;

namespace Bytemill.Corpus;

/// <summary>
/// Writes the two token columns of a row group. A chunk is cut into pages of about a mebibyte at row borders, each encoded by
/// the Parquet library, then compressed and given a header with a checksum here: the library writes a chunk as a single
/// page, and knows three levels of compression only.
/// </summary>
internal sealed class TokenChunkWriter : IDisposable
{
    // Arrow's element name and nesting: levels are 0 null list, 1 empty list, 2 null element (never written), 3 value.
    private const int EmptyList = 1;
    private const int Element = 3;
    private const int PageValues = 1 << 18;
    // Four bytes of value and up to five of levels each must fit the library's buffers of 2 GiB.
    private const int MaxRowTokens = 400_000_000;

    private static readonly byte[][] s_idsPath = [[.. "input_ids"u8], [.. "list"u8], [.. "element"u8]];
    private static readonly byte[][] s_countPath = [[.. "n_tokens"u8]];

    private readonly Compressor _zstd;
    private readonly Int32PageEncoder _ids;
    private readonly Int32PageEncoder _counts;
    private readonly ArrayBufferWriter<byte> _header = new();
    private byte[] _compressed = [];

    public TokenChunkWriter(int zstdLevel)
    {
        _zstd = new Compressor(zstdLevel);
        DataField element = new("element", typeof(int), isNullable: true);
        _ids = new Int32PageEncoder(new ListField(TokenColumns.Ids, element, "list"), element);
        DataField count = new(TokenColumns.Count, typeof(int), isNullable: true);
        _counts = new Int32PageEncoder(count, count);
    }

    /// <summary>Schema elements of both columns, flattened, as Arrow writes them for list&lt;int32&gt; and int32.</summary>
    public static ThriftStruct[] Elements() =>
    [
        new ThriftStruct()
            .SetInt32(FooterFields.Schema.Repetition, (int)Repetition.Optional)
            .SetText(FooterFields.Schema.Name, TokenColumns.Ids)
            .SetInt32(FooterFields.Schema.Children, 1)
            .SetInt32(FooterFields.Schema.Converted, 3)
            .SetStruct(FooterFields.Schema.Logical, new ThriftStruct().SetStruct(3, new ThriftStruct())),
        new ThriftStruct()
            .SetInt32(FooterFields.Schema.Repetition, (int)Repetition.Repeated)
            .SetText(FooterFields.Schema.Name, "list")
            .SetInt32(FooterFields.Schema.Children, 1),
        new ThriftStruct()
            .SetInt32(FooterFields.Schema.Type, (int)PhysicalType.Int32)
            .SetInt32(FooterFields.Schema.Repetition, (int)Repetition.Optional)
            .SetText(FooterFields.Schema.Name, "element"),
        new ThriftStruct()
            .SetInt32(FooterFields.Schema.Type, (int)PhysicalType.Int32)
            .SetInt32(FooterFields.Schema.Repetition, (int)Repetition.Optional)
            .SetText(FooterFields.Schema.Name, TokenColumns.Count),
    ];

    /// <summary>Writes <c>input_ids</c>.</summary>
    /// <param name="ids">Ids of all rows, concatenated.</param>
    /// <param name="lengths">Ids per row; -1 for a null row. Checked by the caller to add up.</param>
    /// <param name="output">Where to.</param>
    /// <param name="position">Position of the chunk in the file.</param>
    /// <param name="where">File and row group, for messages.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<(ThriftStruct Chunk, long LengthBytes)> WriteIdsAsync(
        ReadOnlyMemory<int> ids,
        ReadOnlyMemory<int> lengths,
        Stream output,
        long position,
        string where,
        CancellationToken cancellationToken)
    {
        ChunkTotals totals = new();
        int row = 0;
        int id = 0;
        do
        {
            int firstRow = row;
            int firstId = id;
            int levels = 0;
            while (row < lengths.Length && (levels == 0 || levels < PageValues))
            {
                int length = lengths.Span[row];
                if (length > MaxRowTokens)
                {
                    throw new CorpusException(
                        $"{where}, row {row}: the text has {length} tokens, more than the {MaxRowTokens} that one row can "
                        + "hold; split the document.");
                }

                if (levels > 0 && levels + length > PageValues)
                {
                    break;
                }

                levels += Math.Max(1, length);
                id += Math.Max(0, length);
                row++;
            }

            int[] definition = ArrayPool<int>.Shared.Rent(levels);
            int[] repetition = ArrayPool<int>.Shared.Rent(levels);
            try
            {
                FillLevels(lengths.Span[firstRow..row], definition, repetition);
                ReadOnlyMemory<byte> page = await _ids.EncodeAsync(
                    ids[firstId..id],
                    definition.AsMemory(0, levels),
                    repetition.AsMemory(0, levels),
                    cancellationToken).ConfigureAwait(false);
                WritePage(page, levels, output, totals);
            }
            finally
            {
                ArrayPool<int>.Shared.Return(definition);
                ArrayPool<int>.Shared.Return(repetition);
            }
        }
        while (row < lengths.Length);

        return (Describe(s_idsPath, totals, position, statistics: null), totals.CompressedBytes);
    }

    /// <summary>Writes <c>n_tokens</c>: the length of each row, 0 for a null one.</summary>
    /// <inheritdoc cref="WriteIdsAsync"/>
    public async Task<(ThriftStruct Chunk, long LengthBytes)> WriteCountsAsync(
        ReadOnlyMemory<int> lengths, Stream output, long position, CancellationToken cancellationToken)
    {
        ChunkTotals totals = new();
        int least = int.MaxValue;
        int most = int.MinValue;
        int size = Math.Min(PageValues, lengths.Length);
        int[] values = ArrayPool<int>.Shared.Rent(size);
        int[] definition = ArrayPool<int>.Shared.Rent(size);
        try
        {
            definition.AsSpan(0, size).Fill(1);
            int row = 0;
            do
            {
                int count = Math.Min(PageValues, lengths.Length - row);
                for (int i = 0; i < count; i++)
                {
                    int length = Math.Max(0, lengths.Span[row + i]);
                    values[i] = length;
                    least = Math.Min(least, length);
                    most = Math.Max(most, length);
                }

                ReadOnlyMemory<byte> page = await _counts.EncodeAsync(
                    values.AsMemory(0, count), definition.AsMemory(0, count), null, cancellationToken).ConfigureAwait(false);
                WritePage(page, count, output, totals);
                row += count;
            }
            while (row < lengths.Length);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(values);
            ArrayPool<int>.Shared.Return(definition);
        }

        ThriftStruct? statistics = lengths.IsEmpty
            ? null
            : new ThriftStruct()
                .SetInt64(FooterFields.Statistics.NullCount, 0)
                .SetBinary(FooterFields.Statistics.Max, LittleEndian(most))
                .SetBinary(FooterFields.Statistics.Min, LittleEndian(least))
                .SetBoolean(FooterFields.Statistics.MaxIsExact, true)
                .SetBoolean(FooterFields.Statistics.MinIsExact, true);
        return (Describe(s_countPath, totals, position, statistics), totals.CompressedBytes);
    }

    public void Dispose()
    {
        _zstd.Dispose();
        _ids.Dispose();
        _counts.Dispose();
        if (_compressed.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_compressed);
            _compressed = [];
        }
    }

    private static void FillLevels(ReadOnlySpan<int> lengths, int[] definition, int[] repetition)
    {
        int next = 0;
        foreach (int length in lengths)
        {
            if (length <= 0)
            {
                definition[next] = length < 0 ? 0 : EmptyList;
                repetition[next++] = 0;
                continue;
            }

            definition.AsSpan(next, length).Fill(Element);
            repetition.AsSpan(next, length).Fill(1);
            repetition[next] = 0;
            next += length;
        }
    }

    private static byte[] LittleEndian(int value)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static ThriftStruct Describe(byte[][] path, ChunkTotals totals, long position, ThriftStruct? statistics)
    {
        ThriftStruct metadata = new ThriftStruct()
            .SetInt32(FooterFields.ChunkMetadata.Type, (int)PhysicalType.Int32)
            .SetList(
                FooterFields.ChunkMetadata.Encodings,
                ThriftList.OfInt32((int)PageEncoding.Plain, (int)PageEncoding.Rle))
            .SetList(FooterFields.ChunkMetadata.Path, ThriftList.OfBinary(path))
            .SetInt32(FooterFields.ChunkMetadata.Codec, (int)Codec.Zstd)
            .SetInt64(FooterFields.ChunkMetadata.Values, totals.Values)
            .SetInt64(FooterFields.ChunkMetadata.UncompressedBytes, totals.UncompressedBytes)
            .SetInt64(FooterFields.ChunkMetadata.CompressedBytes, totals.CompressedBytes)
            .SetInt64(FooterFields.ChunkMetadata.DataPageOffset, position);
        if (statistics is not null)
        {
            metadata.SetStruct(FooterFields.ChunkMetadata.Statistics, statistics);
        }

        return new ThriftStruct()
            .SetInt64(FooterFields.Chunk.FileOffset, 0)
            .SetStruct(FooterFields.Chunk.Metadata, metadata);
    }

    private void WritePage(ReadOnlyMemory<byte> page, int values, Stream output, ChunkTotals totals)
    {
        int bound = Compressor.GetCompressBound(page.Length);
        if (_compressed.Length < bound)
        {
            ArrayPool<byte>.Shared.Return(_compressed);
            _compressed = ArrayPool<byte>.Shared.Rent(bound);
        }

        int length = _zstd.Wrap(page.Span, _compressed);
        ReadOnlyMemory<byte> body = _compressed.AsMemory(0, length);
        _header.ResetWrittenCount();
        ThriftWriter.Write(
            new ThriftStruct()
                .SetInt32(FooterFields.Page.Type, (int)PageType.Data)
                .SetInt32(FooterFields.Page.UncompressedBytes, page.Length)
                .SetInt32(FooterFields.Page.CompressedBytes, length)
                .SetInt32(FooterFields.Page.Crc, (int)Crc32.HashToUInt32(body.Span))
                .SetStruct(
                    FooterFields.Page.DataHeader,
                    new ThriftStruct()
                        .SetInt32(FooterFields.DataPage.Values, values)
                        .SetInt32(FooterFields.DataPage.Encoding, (int)PageEncoding.Plain)
                        .SetInt32(FooterFields.DataPage.DefinitionEncoding, (int)PageEncoding.Rle)
                        .SetInt32(FooterFields.DataPage.RepetitionEncoding, (int)PageEncoding.Rle)),
            _header);
        output.Write(_header.WrittenSpan);
        output.Write(body.Span);
        totals.Values += values;
        totals.UncompressedBytes += _header.WrittenCount + page.Length;
        totals.CompressedBytes += _header.WrittenCount + length;
    }

    private sealed class ChunkTotals
    {
        public long Values { get; set; }

        public long UncompressedBytes { get; set; }

        public long CompressedBytes { get; set; }
    }
}

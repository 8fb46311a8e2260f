using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Parquet.Schema;

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

    private readonly PageCompressor _compressor;
    private readonly Int32PageEncoder _ids;
    private readonly Int32PageEncoder _counts;

    // Of the row group that is being written: rows that do not fill a page yet, and the whole second column, which comes after
    // the first and takes a byte or two a row.
    private readonly ArrayBufferWriter<int> _pageIds = new();
    private readonly List<int> _pageLengths = [];
    private readonly List<int> _countValues = [];
    private readonly MemoryStream _countPages = new();
    private string _where = "";
    private ChunkTotals _idTotals = new();
    private ChunkTotals _countTotals = new();
    private long _row;
    private int _pageLevels;
    private int _least;
    private int _most;

    public TokenChunkWriter(int zstdLevel)
    {
        _compressor = new PageCompressor(zstdLevel);
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

    /// <summary>Begins the two columns of a row group.</summary>
    /// <param name="where">File and row group, for messages.</param>
    public void Begin(string where)
    {
        _where = where;
        _row = 0;
        _idTotals = new ChunkTotals();
        _countTotals = new ChunkTotals();
        _countPages.SetLength(0);
        (_least, _most) = (int.MaxValue, int.MinValue);
        Debug.Assert(_pageLengths.Count == 0 && _countValues.Count == 0, "A row group was not ended.");
    }

    /// <summary>Writes the <c>input_ids</c> of some rows; where the calls divide the rows does not show in the output.</summary>
    /// <param name="ids">Ids of these rows, concatenated.</param>
    /// <param name="lengths">Ids per row; -1 for a null row. Checked by the caller to add up.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task AppendAsync(ReadOnlyMemory<int> ids, ReadOnlyMemory<int> lengths, Stream output, CancellationToken cancellationToken)
    {
        int id = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            int length = lengths.Span[i];
            if (length > MaxRowTokens)
            {
                throw new CorpusException(
                    $"{_where}, row {_row}: the text has {length} tokens, more than the {MaxRowTokens} that one row can "
                    + "hold; split the document.");
            }

            if (_pageLevels >= PageValues || (_pageLevels > 0 && _pageLevels + length > PageValues))
            {
                await WriteIdPageAsync(output, cancellationToken).ConfigureAwait(false);
            }

            int count = Math.Max(0, length);
            _pageIds.Write(ids.Span.Slice(id, count));
            _pageLengths.Add(length);
            _pageLevels += Math.Max(1, length);
            id += count;
            _row++;
            _least = Math.Min(_least, count);
            _most = Math.Max(_most, count);
            _countValues.Add(count);
            if (_countValues.Count == PageValues)
            {
                await WriteCountPageAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Writes what is left of <c>input_ids</c>.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="position">Position of the chunk in the file.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<(ThriftStruct Chunk, long LengthBytes)> EndIdsAsync(Stream output, long position, CancellationToken cancellationToken)
    {
        // A chunk without rows has a page, too.
        if (_pageLengths.Count > 0 || _row == 0)
        {
            await WriteIdPageAsync(output, cancellationToken).ConfigureAwait(false);
        }

        return (_idTotals.Describe(PhysicalType.Int32, s_idsPath, position), _idTotals.CompressedBytes);
    }

    /// <summary>Writes <c>n_tokens</c>: the length of each row, 0 for a null one.</summary>
    /// <inheritdoc cref="EndIdsAsync"/>
    public async Task<(ThriftStruct Chunk, long LengthBytes)> EndCountsAsync(Stream output, long position, CancellationToken cancellationToken)
    {
        if (_countValues.Count > 0 || _row == 0)
        {
            await WriteCountPageAsync(cancellationToken).ConfigureAwait(false);
        }

        output.Write(_countPages.GetBuffer().AsSpan(0, (int)_countPages.Length));
        ThriftStruct? statistics = _row == 0
            ? null
            : new ThriftStruct()
                .SetInt64(FooterFields.Statistics.NullCount, 0)
                .SetBinary(FooterFields.Statistics.Max, LittleEndian(_most))
                .SetBinary(FooterFields.Statistics.Min, LittleEndian(_least))
                .SetBoolean(FooterFields.Statistics.MaxIsExact, true)
                .SetBoolean(FooterFields.Statistics.MinIsExact, true);
        return (_countTotals.Describe(PhysicalType.Int32, s_countPath, position, statistics), _countTotals.CompressedBytes);
    }

    private async Task WriteIdPageAsync(Stream output, CancellationToken cancellationToken)
    {
        int[] definition = ArrayPool<int>.Shared.Rent(_pageLevels);
        int[] repetition = ArrayPool<int>.Shared.Rent(_pageLevels);
        try
        {
            FillLevels(CollectionsMarshal.AsSpan(_pageLengths), definition, repetition);
            ReadOnlyMemory<byte> page = await _ids.EncodeAsync(
                _pageIds.WrittenMemory,
                definition.AsMemory(0, _pageLevels),
                repetition.AsMemory(0, _pageLevels),
                cancellationToken).ConfigureAwait(false);
            _compressor.Write(page.Span, _pageLevels, output, _idTotals);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(definition);
            ArrayPool<int>.Shared.Return(repetition);
        }

        _pageIds.ResetWrittenCount();
        _pageLengths.Clear();
        _pageLevels = 0;
    }

    private async Task WriteCountPageAsync(CancellationToken cancellationToken)
    {
        int count = _countValues.Count;
        int[] buffer = ArrayPool<int>.Shared.Rent(2 * count);
        try
        {
            _countValues.CopyTo(buffer);
            buffer.AsSpan(count, count).Fill(1);
            ReadOnlyMemory<byte> page = await _counts.EncodeAsync(
                buffer.AsMemory(0, count), buffer.AsMemory(count, count), null, cancellationToken).ConfigureAwait(false);
            _compressor.Write(page.Span, count, _countPages, _countTotals);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(buffer);
        }

        _countValues.Clear();
    }

    public void Dispose()
    {
        _compressor.Dispose();
        _ids.Dispose();
        _counts.Dispose();
        _countPages.Dispose();
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
}

using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using Parquet.Schema;

namespace Bytemill.Corpus;

/// <summary>
/// Writes the two token columns of a row group. A chunk is cut into pages of about a mebibyte at row borders, each encoded by
/// the Parquet library, then compressed and given a header with a checksum here: the library writes a chunk as a single
/// page, and knows three levels of compression only.
/// </summary>
internal sealed class TokenChunkWriter : IDisposable
{
    private const int PageValues = 1 << 18;

    private static readonly byte[][] s_countPath = [[.. "n_tokens"u8]];

    private readonly PageCompressor _compressor;
    private readonly ListChunkWriter _ids;
    private readonly Int32PageEncoder _counts;

    // Of the row group that is being written: the whole second column, which comes after the first and takes a byte or two a row.
    private readonly List<int> _countValues = [];
    private readonly MemoryStream _countPages = new();
    private ChunkTotals _countTotals = new();
    private long _row;
    private int _least;
    private int _most;

    public TokenChunkWriter(int zstdLevel)
    {
        _compressor = new PageCompressor(zstdLevel);
        _ids = new ListChunkWriter(TokenColumns.Ids, _compressor);
        DataField count = new(TokenColumns.Count, typeof(int), isNullable: true);
        _counts = new Int32PageEncoder(count, count);
    }

    /// <summary>Bytes of the pages so far in this row group, and of what has no page yet before compression.</summary>
    public long LengthBytes => _ids.WrittenBytes + _ids.PendingBytes + _countPages.Length + ((long)sizeof(int) * _countValues.Count);

    /// <summary>Schema elements of both columns, flattened, as Arrow writes them for lists of numbers and int32.</summary>
    public static ThriftStruct[] Elements(IdType type) => [.. ListChunkWriter.Elements(TokenColumns.Ids, type), CountElement()];

    /// <summary>Schema element of <c>n_tokens</c>.</summary>
    public static ThriftStruct CountElement() => new ThriftStruct()
        .SetInt32(FooterFields.Schema.Type, (int)PhysicalType.Int32)
        .SetInt32(FooterFields.Schema.Repetition, (int)Repetition.Optional)
        .SetText(FooterFields.Schema.Name, TokenColumns.Count);

    /// <summary>Begins the two columns of a row group.</summary>
    /// <param name="where">File and row group, for messages.</param>
    public void Begin(string where)
    {
        _row = 0;
        _ids.Begin(where);
        _countTotals = new ChunkTotals();
        _countPages.SetLength(0);
        (_least, _most) = (int.MaxValue, int.MinValue);
        Debug.Assert(_countValues.Count == 0, "A row group was not ended.");
    }

    /// <summary>Writes the <c>input_ids</c> of some rows; where the calls divide the rows does not show in the output.</summary>
    /// <param name="ids">Ids of these rows, concatenated.</param>
    /// <param name="lengths">Ids per row; -1 for a null row. Checked by the caller to add up.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task AppendAsync(ReadOnlyMemory<int> ids, ReadOnlyMemory<int> lengths, Stream output, CancellationToken cancellationToken)
    {
        await _ids.AppendAsync(ids, lengths, output, cancellationToken).ConfigureAwait(false);
        await AppendCountsAsync(lengths, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As <see cref="AppendAsync"/>, for rows that are padded: <c>n_tokens</c> is not how many ids there are.</summary>
    public async Task AppendPaddedAsync(
        ReadOnlyMemory<int> ids, ReadOnlyMemory<int> lengths, ReadOnlyMemory<int> counts, Stream output, CancellationToken cancellationToken)
    {
        await _ids.AppendAsync(ids, lengths, output, cancellationToken).ConfigureAwait(false);
        await AppendCountsAsync(counts, cancellationToken).ConfigureAwait(false);
    }

    private async Task AppendCountsAsync(ReadOnlyMemory<int> lengths, CancellationToken cancellationToken)
    {
        for (int i = 0; i < lengths.Length; i++)
        {
            int count = Math.Max(0, lengths.Span[i]);
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
    public Task<(ThriftStruct Chunk, long LengthBytes)> EndIdsAsync(Stream output, long position, CancellationToken cancellationToken) =>
        _ids.EndAsync(output, position, cancellationToken);

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

    private static byte[] LittleEndian(int value)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}

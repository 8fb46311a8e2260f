using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Parquet.Schema;

namespace Bytemill.Corpus;

/// <summary>Writes a column of lists of 32-bit numbers, a chunk at a time, in pages of about a mebibyte that end at row borders.</summary>
internal sealed class ListChunkWriter : IDisposable
{
    // Arrow's element name and nesting: levels are 0 null list, 1 empty list, 2 null element (never written), 3 value.
    private const int EmptyList = 1;
    private const int Element = 3;
    private const int PageValues = 1 << 18;
    // Four bytes of value and up to five of levels each must fit the library's buffers of 2 GiB.
    private const int MaxRowTokens = 400_000_000;

    private readonly byte[][] _path;
    private readonly PageCompressor _compressor;
    private readonly Int32PageEncoder _encoder;

    // Rows that do not fill a page yet.
    private readonly ArrayBufferWriter<int> _pageValues = new();
    private readonly List<int> _pageLengths = [];
    private string _where = "";
    private ChunkTotals _totals = new();
    private long _row;
    private int _pageLevels;

    /// <param name="name">Of the column.</param>
    /// <param name="compressor">May be shared by writers of one thread.</param>
    public ListChunkWriter(string name, PageCompressor compressor)
    {
        _path = [Encoding.UTF8.GetBytes(name), [.. "list"u8], [.. "element"u8]];
        _compressor = compressor;
        DataField element = new("element", typeof(int), isNullable: true);
        _encoder = new Int32PageEncoder(new ListField(name, element, "list"), element);
    }

    /// <summary>Bytes of the pages of this chunk so far.</summary>
    public long WrittenBytes => _totals.CompressedBytes;

    /// <summary>Bytes of values that have no page yet.</summary>
    public long PendingBytes => (long)sizeof(int) * _pageValues.WrittenCount;

    /// <summary>Schema elements of such a column, flattened, as Arrow writes them.</summary>
    public static ThriftStruct[] Elements(string name, IdType type) =>
    [
        new ThriftStruct()
            .SetInt32(FooterFields.Schema.Repetition, (int)Repetition.Optional)
            .SetText(FooterFields.Schema.Name, name)
            .SetInt32(FooterFields.Schema.Children, 1)
            .SetInt32(FooterFields.Schema.Converted, 3)
            .SetStruct(FooterFields.Schema.Logical, new ThriftStruct().SetStruct(3, new ThriftStruct())),
        new ThriftStruct()
            .SetInt32(FooterFields.Schema.Repetition, (int)Repetition.Repeated)
            .SetText(FooterFields.Schema.Name, "list")
            .SetInt32(FooterFields.Schema.Children, 1),
        type == IdType.Int32 ? Number() : Unsigned(Number(), type == IdType.UInt16 ? 16 : 32),
    ];

    /// <summary>Begins a chunk.</summary>
    /// <param name="where">File and row group, for messages.</param>
    public void Begin(string where)
    {
        _where = where;
        _row = 0;
        _totals = new ChunkTotals();
    }

    /// <summary>Writes some rows; where the calls divide the rows does not show in the output.</summary>
    /// <param name="values">Values of these rows, concatenated.</param>
    /// <param name="lengths">Values per row; -1 for a null row. Checked by the caller to add up.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task AppendAsync(ReadOnlyMemory<int> values, ReadOnlyMemory<int> lengths, Stream output, CancellationToken cancellationToken)
    {
        int next = 0;
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
                await WritePageAsync(output, cancellationToken).ConfigureAwait(false);
            }

            int count = Math.Max(0, length);
            _pageValues.Write(values.Span.Slice(next, count));
            _pageLengths.Add(length);
            _pageLevels += Math.Max(1, length);
            next += count;
            _row++;
        }
    }

    /// <summary>Writes what is left of the chunk.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="position">Position of the chunk in the file.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<(ThriftStruct Chunk, long LengthBytes)> EndAsync(Stream output, long position, CancellationToken cancellationToken)
    {
        // A chunk without rows has a page, too.
        if (_pageLengths.Count > 0 || _row == 0)
        {
            await WritePageAsync(output, cancellationToken).ConfigureAwait(false);
        }

        return (_totals.Describe(PhysicalType.Int32, _path, position), _totals.CompressedBytes);
    }

    public void Dispose() => _encoder.Dispose();

    private static ThriftStruct Number() => new ThriftStruct()
        .SetInt32(FooterFields.Schema.Type, (int)PhysicalType.Int32)
        .SetInt32(FooterFields.Schema.Repetition, (int)Repetition.Optional)
        .SetText(FooterFields.Schema.Name, "element");

    // Both the older mark (UINT_16 is 12, UINT_32 13) and the newer one: some readers know only one of them.
    private static ThriftStruct Unsigned(ThriftStruct number, int bits) => number
        .SetInt32(FooterFields.Schema.Converted, bits == 16 ? 12 : 13)
        .SetStruct(FooterFields.Schema.Logical, new ThriftStruct().SetStruct(
            10, new ThriftStruct().Set(1, new ThriftValue(ThriftType.Byte, bits, null)).SetBoolean(2, false)));

    private async Task WritePageAsync(Stream output, CancellationToken cancellationToken)
    {
        int[] definition = ArrayPool<int>.Shared.Rent(_pageLevels);
        int[] repetition = ArrayPool<int>.Shared.Rent(_pageLevels);
        try
        {
            FillLevels(CollectionsMarshal.AsSpan(_pageLengths), definition, repetition);
            ReadOnlyMemory<byte> page = await _encoder.EncodeAsync(
                _pageValues.WrittenMemory,
                definition.AsMemory(0, _pageLevels),
                repetition.AsMemory(0, _pageLevels),
                cancellationToken).ConfigureAwait(false);
            _compressor.Write(page.Span, _pageLevels, output, _totals);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(definition);
            ArrayPool<int>.Shared.Return(repetition);
        }

        _pageValues.ResetWrittenCount();
        _pageLengths.Clear();
        _pageLevels = 0;
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
}

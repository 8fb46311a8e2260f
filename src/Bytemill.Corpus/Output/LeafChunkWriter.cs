using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Bytemill.Corpus;

/// <summary>Writes a column of any type, a chunk at a time: plain, with its levels.</summary>
/// <param name="column">The column.</param>
/// <param name="compressor">May be shared by writers of one thread.</param>
/// <param name="pages">Where the pages go.</param>
internal sealed class LeafChunkWriter(SchemaNode column, PageCompressor compressor, Stream pages)
{
    private const int PageBytes = 1 << 20;
    private const int PageValues = 1 << 18;

    private readonly ArrayBufferWriter<byte> _definition = new();
    private readonly ArrayBufferWriter<byte> _repetition = new();
    private readonly ArrayBufferWriter<byte> _values = new();
    private readonly ArrayBufferWriter<byte> _page = new();
    private ChunkTotals _totals = new();

    /// <summary>Bytes of the pages of this chunk so far.</summary>
    public long WrittenBytes => _totals.CompressedBytes;

    /// <summary>Bytes of values that have no page yet.</summary>
    public long PendingBytes => _values.WrittenCount;

    /// <summary>Adds a value, null or empty list; values are as <see cref="LeafValues"/> has them.</summary>
    public void Add(byte definition, byte repetition, ReadOnlySpan<byte> value)
    {
        _definition.Write([definition]);
        _repetition.Write([repetition]);
        if (definition < column.MaxDefinitionLevel)
        {
            return;
        }

        if (column.Type == PhysicalType.ByteArray)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_values.GetSpan(sizeof(int)), value.Length);
            _values.Advance(sizeof(int));
        }

        _values.Write(value);
    }

    /// <summary>To be called between rows: a page ends where one does.</summary>
    public void EndPageIfFull()
    {
        if (_values.WrittenCount >= PageBytes || _definition.WrittenCount >= PageValues)
        {
            EndPage();
        }
    }

    /// <summary>Ends the chunk, and begins the next.</summary>
    /// <param name="position">Of its first page in the file.</param>
    public (ThriftStruct Chunk, long LengthBytes) End(long position)
    {
        EndPage();
        ChunkTotals totals = _totals;
        _totals = new ChunkTotals();
        return (totals.Describe(column.Type!.Value, [.. column.Path.Select(Encoding.UTF8.GetBytes)], position), totals.CompressedBytes);
    }

    private void EndPage()
    {
        // A chunk without rows has a page, too.
        if (_definition.WrittenCount == 0 && _totals.Values > 0)
        {
            return;
        }

        _page.ResetWrittenCount();
        if (column.MaxRepetitionLevel > 0)
        {
            LevelEncoder.Write(_repetition.WrittenSpan, column.MaxRepetitionLevel, _page);
        }

        if (column.MaxDefinitionLevel > 0)
        {
            LevelEncoder.Write(_definition.WrittenSpan, column.MaxDefinitionLevel, _page);
        }

        WriteValues();
        compressor.Write(_page.WrittenSpan, _definition.WrittenCount, pages, _totals);
        _definition.ResetWrittenCount();
        _repetition.ResetWrittenCount();
        _values.ResetWrittenCount();
    }

    private void WriteValues()
    {
        if (column.Type != PhysicalType.Boolean)
        {
            _page.Write(_values.WrittenSpan);
            return;
        }

        ReadOnlySpan<byte> truths = _values.WrittenSpan;
        int bytes = (truths.Length + 7) / 8;
        Span<byte> packed = _page.GetSpan(Math.Max(1, bytes))[..bytes];
        packed.Clear();
        for (int i = 0; i < truths.Length; i++)
        {
            packed[i >> 3] |= (byte)(truths[i] << (i & 7));
        }

        _page.Advance(bytes);
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Bytemill.Corpus;

/// <summary>Writes an optional column of strings, a row group at a time; its compressed pages stay in memory until then.</summary>
internal sealed class StringChunkWriter : IDisposable
{
    private const int PageBytes = 1 << 20;

    private readonly byte[] _name;
    private readonly PageCompressor _compressor;
    private readonly MemoryStream _pages = new();
    private readonly ArrayBufferWriter<byte> _values = new();
    private readonly ArrayBufferWriter<byte> _levels = new();
    private readonly ArrayBufferWriter<byte> _page = new();
    private ChunkTotals _totals = new();

    /// <param name="name">Of the column.</param>
    /// <param name="compressor">May be shared by writers of one thread.</param>
    public StringChunkWriter(string name, PageCompressor compressor) => (_name, _compressor) = (Encoding.UTF8.GetBytes(name), compressor);

    /// <summary>Schema element of such a column.</summary>
    public static ThriftStruct Element(string name) => new ThriftStruct()
        .SetInt32(FooterFields.Schema.Type, (int)PhysicalType.ByteArray)
        .SetInt32(FooterFields.Schema.Repetition, (int)Repetition.Optional)
        .SetText(FooterFields.Schema.Name, name)
        .SetInt32(FooterFields.Schema.Converted, 0)
        .SetStruct(FooterFields.Schema.Logical, new ThriftStruct().SetStruct(1, new ThriftStruct()));

    public void Append(ReadOnlySpan<byte> value, bool isNull)
    {
        _levels.Write([isNull ? (byte)0 : (byte)1]);
        if (!isNull)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_values.GetSpan(sizeof(int)), value.Length);
            _values.Advance(sizeof(int));
            _values.Write(value);
        }

        if (_values.WrittenCount + _levels.WrittenCount >= PageBytes)
        {
            WritePage();
        }
    }

    /// <summary>Writes the chunk of the rows so far, and starts anew.</summary>
    public void EndRowGroup(ParquetOutput output)
    {
        if (_levels.WrittenCount > 0 || _totals.Values == 0)
        {
            WritePage();
        }

        output.Stream.Write(_pages.GetBuffer().AsSpan(0, (int)_pages.Length));
        output.Add((_totals.Describe(PhysicalType.ByteArray, [_name], output.Position), _totals.CompressedBytes));
        _pages.SetLength(0);
        _totals = new ChunkTotals();
    }

    public void Dispose() => _pages.Dispose();

    private void WritePage()
    {
        _page.ResetWrittenCount();
        LevelEncoder.Write(_levels.WrittenSpan, 1, _page);
        _page.Write(_values.WrittenSpan);
        _compressor.Write(_page.WrittenSpan, _levels.WrittenCount, _pages, _totals);
        _levels.ResetWrittenCount();
        _values.ResetWrittenCount();
    }
}

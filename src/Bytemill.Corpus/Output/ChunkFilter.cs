using System.Buffers;
using System.Buffers.Binary;

namespace Bytemill.Corpus;

/// <summary>Writes the taken rows of a column of any type: plain, with its levels, compressed anew. Its values stay as they are.</summary>
internal sealed class ChunkFilter
{
    private const int PageBytes = 1 << 20;
    private const int PageValues = 1 << 18;

    private readonly SchemaNode _column;
    private readonly PageCompressor _compressor;
    private readonly ArrayBufferWriter<byte> _definition = new();
    private readonly ArrayBufferWriter<byte> _repetition = new();
    private readonly ArrayBufferWriter<byte> _values = new();
    private readonly ArrayBufferWriter<byte> _page = new();
    private readonly ChunkTotals _totals = new();

    private ChunkFilter(SchemaNode column, PageCompressor compressor) => (_column, _compressor) = (column, compressor);

    /// <summary>Writes a chunk.</summary>
    /// <exception cref="CorpusException">The chunk is damaged, or encoded in a way that is not supported.</exception>
    public static void Write(
        CorpusSource source, ColumnChunk chunk, RowSelection rows, ParquetOutput output, PageCompressor compressor, string where, CancellationToken cancellation)
    {
        ChunkFilter filter = new(chunk.Column, compressor);
        using LeafReader reader = new(source, chunk, where);
        long row = -1;
        bool isTaken = false;
        foreach (LeafPage page in reader.Read(cancellation))
        {
            int value = 0;
            for (int i = 0; i < page.Count; i++)
            {
                if (page.Repetition[i] == 0)
                {
                    row++;
                    isTaken = rows.Takes(row);
                    filter.EndPageIfFull(output);
                }

                bool isPresent = page.Definition[i] == chunk.Column.MaxDefinitionLevel;
                if (isTaken)
                {
                    filter.Add(page.Definition[i], page.Repetition[i], isPresent ? page.Values[value] : default, isPresent);
                }

                value += isPresent ? 1 : 0;
            }
        }

        filter.EndPage(output);
        // The pages are counted when they are all written.
        output.Add((filter._totals.Describe(chunk.Column.Type!.Value, [.. chunk.Column.Path.Select(System.Text.Encoding.UTF8.GetBytes)], output.Position), filter._totals.CompressedBytes));
    }

    private void Add(int definition, int repetition, ReadOnlySpan<byte> value, bool isPresent)
    {
        _definition.Write([(byte)definition]);
        _repetition.Write([(byte)repetition]);
        if (!isPresent)
        {
            return;
        }

        if (_column.Type == PhysicalType.ByteArray)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_values.GetSpan(sizeof(int)), value.Length);
            _values.Advance(sizeof(int));
        }

        _values.Write(value);
    }

    private void EndPageIfFull(ParquetOutput output)
    {
        if (_values.WrittenCount >= PageBytes || _definition.WrittenCount >= PageValues)
        {
            EndPage(output);
        }
    }

    private void EndPage(ParquetOutput output)
    {
        // A chunk without rows has a page, too.
        if (_definition.WrittenCount == 0 && _totals.Values > 0)
        {
            return;
        }

        _page.ResetWrittenCount();
        if (_column.MaxRepetitionLevel > 0)
        {
            LevelEncoder.Write(_repetition.WrittenSpan, _column.MaxRepetitionLevel, _page);
        }

        if (_column.MaxDefinitionLevel > 0)
        {
            LevelEncoder.Write(_definition.WrittenSpan, _column.MaxDefinitionLevel, _page);
        }

        WriteValues();
        _compressor.Write(_page.WrittenSpan, _definition.WrittenCount, output.Stream, _totals);
        _definition.ResetWrittenCount();
        _repetition.ResetWrittenCount();
        _values.ResetWrittenCount();
    }

    private void WriteValues()
    {
        if (_column.Type != PhysicalType.Boolean)
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

using System.Buffers.Binary;

namespace Bytemill.Corpus;

/// <summary>Decodes a column of any type page by page, with its levels: for conditions on columns, and for rows taken out of them.</summary>
/// <remarks>Levels, plain values and dictionaries are decoded here, since the library knows neither all types nor a dictionary beyond one
/// reading; other encodings are left to it.</remarks>
internal sealed class LeafReader : IDisposable
{
    private readonly CorpusSource _source;
    private readonly ColumnChunk _chunk;
    private readonly string _where;
    private readonly PageBodyReader _bodies;
    private readonly int _width;
    private LeafValues? _dictionary;

    /// <param name="source">The file.</param>
    /// <param name="chunk">A chunk without an obstacle.</param>
    /// <param name="where">File, row group and column, for messages.</param>
    public LeafReader(CorpusSource source, ColumnChunk chunk, string where)
    {
        (_source, _chunk, _where) = (source, chunk, where);
        _bodies = new PageBodyReader(source);
        _width = chunk.Column.Type switch
        {
            PhysicalType.Boolean => 1,
            PhysicalType.Int32 or PhysicalType.Float => 4,
            PhysicalType.Int64 or PhysicalType.Double => 8,
            PhysicalType.Int96 => 12,
            PhysicalType.FixedLengthByteArray => (int)(chunk.Column.Element.Integer(FooterFields.Schema.TypeLength) ?? 0),
            _ => 0,
        };
        if (_width <= 0 && chunk.Column.Type != PhysicalType.ByteArray)
        {
            throw PageWalker.Damaged(where, "its values have no length");
        }
    }

    /// <summary>Decodes all pages, in order.</summary>
    /// <exception cref="CorpusException">A page is damaged, or encoded in a way that is not supported.</exception>
    public IEnumerable<LeafPage> Read(CancellationToken cancellation)
    {
        foreach (PageHeader page in _chunk.Values == 0 ? [] : PageWalker.Walk(_source, _chunk, _where))
        {
            cancellation.ThrowIfCancellationRequested();
            if (page.Type == PageType.Dictionary)
            {
                _dictionary = Guard(page, () => Plain(_bodies.ReadDecompressed(page, _chunk.Codec, _where).ToArray(), page.Values));
            }
            else if (page.IsData)
            {
                yield return Guard(page, () => Decode(page));
            }
        }
    }

    public void Dispose() => _bodies.Dispose();

    private T Guard<T>(PageHeader page, Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (Exception error) when (error is not (CorpusException or OperationCanceledException or OutOfMemoryException))
        {
            throw PageWalker.Damaged(_where, $"the page at byte {page.Start} of the file cannot be decoded ({error.Message})", error);
        }
    }

    private LeafPage Decode(PageHeader page)
    {
        ReadOnlyMemory<byte> body = _bodies.ReadDecompressed(page, _chunk.Codec, _where);
        SchemaNode column = _chunk.Column;
        int[] repetition = new int[page.Values];
        int[] definition = new int[page.Values];
        if (page.Type == PageType.DataV2)
        {
            TakeLevels(body.Span[..page.RepetitionBytes], column.MaxRepetitionLevel, repetition);
            TakeLevels(body.Span.Slice(page.RepetitionBytes, page.DefinitionBytes), column.MaxDefinitionLevel, definition);
            body = body[page.PlainLevelBytes..];
        }
        else
        {
            RequireRle(page, column);
            body = TakeLevelsWithLength(body, column.MaxRepetitionLevel, repetition);
            body = TakeLevelsWithLength(body, column.MaxDefinitionLevel, definition);
        }

        int present = 0;
        foreach (int level in definition)
        {
            present += level == column.MaxDefinitionLevel ? 1 : 0;
        }

        LeafValues values = page.Encoding switch
        {
            _ when present == 0 => new LeafValues([]),
            // A copy, since the next page comes into the same buffer.
            PageEncoding.Plain => Plain(body.ToArray(), present),
            PageEncoding.PlainDictionary or PageEncoding.RleDictionary => FromDictionary(body.Span, present),
            PageEncoding.Rle when column.Type == PhysicalType.Boolean => RunsOfBooleans(body.Span, present),
            _ => LibraryDecoder.Decode(column, page.Encoding, body, present, _where),
        };
        return values.Count == present
            ? new LeafPage(definition, repetition, values)
            : throw new InvalidDataException($"it has {values.Count} values instead of {present}");
    }

    private void RequireRle(PageHeader page, SchemaNode column)
    {
        if ((column.MaxDefinitionLevel > 0 && page.DefinitionEncoding != PageEncoding.Rle)
            || (column.MaxRepetitionLevel > 0 && page.RepetitionEncoding != PageEncoding.Rle))
        {
            throw new CorpusException(
                $"{_where}: the page at byte {page.Start} of the file has levels in an encoding that is not supported; write the file anew.");
        }
    }

    private static ReadOnlyMemory<byte> TakeLevelsWithLength(ReadOnlyMemory<byte> body, int maxLevel, int[] levels)
    {
        if (maxLevel == 0)
        {
            return body;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(body.Span);
        TakeLevels(body.Span.Slice(sizeof(int), length), maxLevel, levels);
        return body[(sizeof(int) + length)..];
    }

    private static void TakeLevels(ReadOnlySpan<byte> data, int maxLevel, int[] levels)
    {
        if (maxLevel == 0)
        {
            return;
        }

        HybridDecoder.Decode(data, System.Numerics.BitOperations.Log2((uint)maxLevel) + 1, levels);
        if (levels.AsSpan().IndexOfAnyExceptInRange(0, maxLevel) >= 0)
        {
            throw new InvalidDataException($"a level is more than {maxLevel}");
        }
    }

    private LeafValues Plain(byte[] body, int count)
    {
        if (_chunk.Column.Type == PhysicalType.Boolean)
        {
            byte[] truths = new byte[count];
            for (int i = 0; i < count; i++)
            {
                truths[i] = (byte)((body[i >> 3] >> (i & 7)) & 1);
            }

            return new LeafValues(truths, 1);
        }

        if (_width > 0)
        {
            return new LeafValues(body.AsMemory(0, checked(count * _width)), _width);
        }

        ReadOnlyMemory<byte>[] values = new ReadOnlyMemory<byte>[count];
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(at));
            values[i] = body.AsMemory(at + sizeof(int), length);
            at += sizeof(int) + length;
        }

        return new LeafValues(values);
    }

    private LeafValues FromDictionary(ReadOnlySpan<byte> body, int count)
    {
        LeafValues dictionary = _dictionary ?? throw new InvalidDataException("there is no dictionary");
        int bits = body[0];
        if (bits > 32)
        {
            throw new InvalidDataException($"an index has {bits} bits");
        }

        int[] indices = new int[count];
        HybridDecoder.Decode(body[1..], bits, indices);
        ReadOnlyMemory<byte>[] values = new ReadOnlyMemory<byte>[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (uint)indices[i] < (uint)dictionary.Count
                ? dictionary.Memory(indices[i])
                : throw new InvalidDataException($"index {indices[i]} is not in the dictionary of {dictionary.Count}");
        }

        return new LeafValues(values);
    }

    private static LeafValues RunsOfBooleans(ReadOnlySpan<byte> body, int count)
    {
        int[] truths = new int[count];
        HybridDecoder.Decode(body[sizeof(int)..], 1, truths);
        return new LeafValues(Array.ConvertAll(truths, truth => (byte)truth), 1);
    }
}

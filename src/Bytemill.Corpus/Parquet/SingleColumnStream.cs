using System.Buffers;
using System.Buffers.Binary;

namespace Bytemill.Corpus;

/// <summary>
/// One column chunk as if it were a Parquet file of its own: a single row group of a single, uncompressed, unannotated
/// binary column, under a footer made here. The decoding library so sees only headers and sizes that were checked, cannot
/// be led into a loop by damaged ones, and gives bytes where it would insist on .NET strings. Pages are decompressed one
/// at a time, when they are read.
/// </summary>
internal sealed class SingleColumnStream : Stream
{
    private readonly PageBodyReader _pages;
    private readonly ColumnChunk _chunk;
    private readonly string _where;
    private readonly CancellationToken _cancellation;
    private readonly List<Region> _regions = [];
    private readonly long _length;
    private int _current;
    private int _loaded = -1;
    private ReadOnlyMemory<byte> _body;
    private long _position;

    public SingleColumnStream(
        PageBodyReader pages, ColumnChunk chunk, List<PageHeader> headers, string where, CancellationToken cancellation)
    {
        _pages = pages;
        _chunk = chunk;
        _where = where;
        _cancellation = cancellation;
        long end = Add(0, "PAR1"u8.ToArray(), page: null);
        long firstPage = end;
        long firstData = end;
        bool seenData = false;
        foreach (PageHeader page in headers)
        {
            if (page.Type == PageType.Index)
            {
                continue;
            }

            if (page.IsData && !seenData)
            {
                seenData = true;
                firstData = end;
            }

            end = Add(end, Serialize(WithoutCompression(page)), page: null);
            end = Add(end, literal: null, page);
        }

        long pageBytes = end - firstPage;
        byte[] footer = Serialize(Footer(firstPage, firstData, pageBytes));
        byte[] tail = new byte[footer.Length + 8];
        footer.CopyTo(tail, 0);
        BinaryPrimitives.WriteInt32LittleEndian(tail.AsSpan(footer.Length), footer.Length);
        "PAR1"u8.CopyTo(tail.AsSpan(footer.Length + 4));
        _length = Add(end, tail, page: null);
    }

    /// <summary>Path of the column in this file: <see cref="GroupName"/> for each optional struct around the text, then
    /// <see cref="LeafName"/>.</summary>
    public const string GroupName = "group";

    public const string LeafName = "text";

    /// <summary>Bytes of values (lengths included) of the plain pages read so far.</summary>
    public long PlainBytes { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_position >= _length || _position < 0)
        {
            // The library's header parser takes -1 for a byte and would go on for ever.
            throw new EndOfStreamException("the pages end too early");
        }

        Locate();
        Region region = _regions[_current];
        // Decompressed with its header: the header is read by the caller's thread, the page by one of the pool.
        if (region.Literal is not null && _current + 1 < _regions.Count && _regions[_current + 1].Page is not null)
        {
            Load(_current + 1);
        }

        ReadOnlySpan<byte> bytes = region.Literal is null ? Load(_current).Span : region.Literal;
        bytes = bytes[(int)(_position - region.Start)..];
        int count = Math.Min(bytes.Length, buffer.Length);
        bytes[..count].CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 1 ? one[0] : -1;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Read(buffer.AsSpan(offset, count)));
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        _position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => _length + offset,
        };
        return _position;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private long Add(long start, byte[]? literal, PageHeader? page)
    {
        long length = literal?.Length ?? page!.UncompressedBytes;
        if (length > 0)
        {
            _regions.Add(new Region(start, length, literal, page));
        }

        return start + length;
    }

    private void Locate()
    {
        if (Contains(_current))
        {
            return;
        }

        if (Contains(_current + 1))
        {
            _current++;
            return;
        }

        int low = 0;
        int high = _regions.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_regions[middle].Start <= _position)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        _current = low;
    }

    private bool Contains(int region) =>
        region < _regions.Count
        && _position >= _regions[region].Start
        && _position < _regions[region].Start + _regions[region].Length;

    private ReadOnlyMemory<byte> Load(int region)
    {
        if (_loaded != region)
        {
            _cancellation.ThrowIfCancellationRequested();
            PageHeader page = _regions[region].Page!;
            _body = _pages.ReadDecompressed(page, _chunk.Codec, _where);
            _loaded = region;
            if (page is { IsData: true, Encoding: PageEncoding.Plain })
            {
                PlainBytes += page.UncompressedBytes - LevelBytes(page, _body.Span);
            }
        }

        return _body;
    }

    // In version 1 the levels lie in the page, after their length.
    private long LevelBytes(PageHeader page, ReadOnlySpan<byte> body)
    {
        if (page.Type == PageType.DataV2)
        {
            return page.PlainLevelBytes;
        }

        if (_chunk.Column.MaxDefinitionLevel == 0)
        {
            return 0;
        }

        long levels = body.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(body);
        return levels >= 0 && levels <= body.Length - sizeof(int)
            ? sizeof(int) + levels
            : throw PageWalker.Damaged(_where, $"the page at byte {page.Start} of the file has no levels");
    }

    private ThriftStruct WithoutCompression(PageHeader page)
    {
        ThriftStruct header = new ThriftStruct()
            .SetInt32(FooterFields.Page.Type, (int)page.Type)
            .SetInt32(FooterFields.Page.UncompressedBytes, page.UncompressedBytes)
            .SetInt32(FooterFields.Page.CompressedBytes, page.UncompressedBytes);
        switch (page.Type)
        {
            case PageType.Dictionary:
                Require(page, page.Encoding is PageEncoding.Plain or PageEncoding.PlainDictionary, page.Encoding);
                return header.SetStruct(
                    FooterFields.Page.DictionaryHeader,
                    new ThriftStruct()
                        .SetInt32(FooterFields.DictionaryPage.Values, page.Values)
                        .SetInt32(FooterFields.DictionaryPage.Encoding, (int)PageEncoding.Plain));
            case PageType.Data:
                RequireTextEncoding(page);
                Require(
                    page,
                    _chunk.Column.MaxDefinitionLevel == 0 || page.DefinitionEncoding == PageEncoding.Rle,
                    page.DefinitionEncoding);
                return header.SetStruct(
                    FooterFields.Page.DataHeader,
                    new ThriftStruct()
                        .SetInt32(FooterFields.DataPage.Values, page.Values)
                        .SetInt32(FooterFields.DataPage.Encoding, (int)page.Encoding)
                        .SetInt32(FooterFields.DataPage.DefinitionEncoding, (int)PageEncoding.Rle)
                        .SetInt32(FooterFields.DataPage.RepetitionEncoding, (int)PageEncoding.Rle));
            default:
                RequireTextEncoding(page);
                if (page.RepetitionBytes > 0)
                {
                    throw PageWalker.Damaged(_where, $"the page at byte {page.Start} of the file has repetition levels");
                }

                return header.SetStruct(
                    FooterFields.Page.DataHeaderV2,
                    new ThriftStruct()
                        .SetInt32(FooterFields.DataPageV2.Values, page.Values)
                        .SetInt32(FooterFields.DataPageV2.Nulls, page.Nulls)
                        .SetInt32(FooterFields.DataPageV2.Rows, page.Rows)
                        .SetInt32(FooterFields.DataPageV2.Encoding, (int)page.Encoding)
                        .SetInt32(FooterFields.DataPageV2.DefinitionBytes, page.DefinitionBytes)
                        .SetInt32(FooterFields.DataPageV2.RepetitionBytes, 0)
                        .SetBoolean(FooterFields.DataPageV2.IsCompressed, false));
        }
    }

    private void RequireTextEncoding(PageHeader page) => Require(
        page,
        page.Encoding is PageEncoding.Plain or PageEncoding.PlainDictionary or PageEncoding.RleDictionary
            or PageEncoding.DeltaLengthByteArray or PageEncoding.DeltaByteArray,
        page.Encoding);

    private void Require(PageHeader page, bool condition, PageEncoding encoding)
    {
        if (!condition)
        {
            throw new CorpusException(
                $"{_where}: encoding {encoding} of the page at byte {page.Start} of the file is not supported here; write the "
                + "column with plain, dictionary or delta encoding.");
        }
    }

    private ThriftStruct Footer(long firstPage, long firstData, long pageBytes)
    {
        int levels = _chunk.Column.MaxDefinitionLevel;
        List<ThriftStruct> schema =
        [
            new ThriftStruct().SetText(FooterFields.Schema.Name, "schema").SetInt32(FooterFields.Schema.Children, 1),
        ];
        List<byte[]> path = [];
        for (int level = 1; level < levels; level++)
        {
            path.Add("group"u8.ToArray());
            schema.Add(new ThriftStruct()
                .SetInt32(FooterFields.Schema.Repetition, (int)Repetition.Optional)
                .SetText(FooterFields.Schema.Name, GroupName)
                .SetInt32(FooterFields.Schema.Children, 1));
        }

        path.Add("text"u8.ToArray());
        schema.Add(new ThriftStruct()
            .SetInt32(FooterFields.Schema.Type, (int)PhysicalType.ByteArray)
            .SetInt32(FooterFields.Schema.Repetition, (int)(levels == 0 ? Repetition.Required : Repetition.Optional))
            .SetText(FooterFields.Schema.Name, LeafName));
        ThriftStruct metadata = new ThriftStruct()
            .SetInt32(FooterFields.ChunkMetadata.Type, (int)PhysicalType.ByteArray)
            .SetList(FooterFields.ChunkMetadata.Encodings, ThriftList.OfInt32((int)PageEncoding.Plain))
            .SetList(FooterFields.ChunkMetadata.Path, ThriftList.OfBinary([.. path]))
            .SetInt32(FooterFields.ChunkMetadata.Codec, (int)Codec.Uncompressed)
            .SetInt64(FooterFields.ChunkMetadata.Values, _chunk.Values)
            .SetInt64(FooterFields.ChunkMetadata.UncompressedBytes, pageBytes)
            .SetInt64(FooterFields.ChunkMetadata.CompressedBytes, pageBytes)
            .SetInt64(FooterFields.ChunkMetadata.DataPageOffset, firstData);
        if (firstData > firstPage)
        {
            metadata.SetInt64(FooterFields.ChunkMetadata.DictionaryPageOffset, firstPage);
        }

        ThriftStruct chunk = new ThriftStruct()
            .SetInt64(FooterFields.Chunk.FileOffset, 0)
            .SetStruct(FooterFields.Chunk.Metadata, metadata);
        ThriftStruct group = new ThriftStruct()
            .SetList(FooterFields.RowGroup.Columns, ThriftList.OfStructs([chunk]))
            .SetInt64(FooterFields.RowGroup.TotalBytes, pageBytes)
            .SetInt64(FooterFields.RowGroup.Rows, _chunk.Values);
        return new ThriftStruct()
            .SetInt32(FooterFields.File.Version, 1)
            .SetList(FooterFields.File.Schema, ThriftList.OfStructs(schema))
            .SetInt64(FooterFields.File.Rows, _chunk.Values)
            .SetList(FooterFields.File.RowGroups, ThriftList.OfStructs([group]));
    }

    private static byte[] Serialize(ThriftStruct value)
    {
        ArrayBufferWriter<byte> writer = new();
        ThriftWriter.Write(value, writer);
        return writer.WrittenSpan.ToArray();
    }

    private sealed record Region(long Start, long Length, byte[]? Literal, PageHeader? Page);
}

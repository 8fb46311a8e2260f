namespace Bytemill.Corpus;

/// <summary>A page's header, checked for sane sizes, and where its page lies.</summary>
internal sealed record PageHeader
{
    public required PageType Type { get; init; }

    /// <summary>Offset of the header in the file.</summary>
    public required long Start { get; init; }

    public required int HeaderBytes { get; init; }

    public required int UncompressedBytes { get; init; }

    public required int CompressedBytes { get; init; }

    /// <summary>CRC-32 of the page as it lies in the file, where the writer gave one.</summary>
    public required int? Crc { get; init; }

    /// <summary>Values, nulls included; entries of a dictionary page; 0 for other pages.</summary>
    public int Values { get; init; }

    public PageEncoding Encoding { get; init; }

    public PageEncoding DefinitionEncoding { get; init; } = PageEncoding.Rle;

    public PageEncoding RepetitionEncoding { get; init; } = PageEncoding.Rle;

    /// <summary>Nulls of a version 2 data page.</summary>
    public int Nulls { get; init; }

    /// <summary>Rows of a version 2 data page.</summary>
    public int Rows { get; init; }

    public int DefinitionBytes { get; init; }

    public int RepetitionBytes { get; init; }

    /// <summary>False only for a version 2 data page that says so.</summary>
    public bool IsCompressed { get; init; } = true;

    public long BodyStart => Start + HeaderBytes;

    public long End => BodyStart + CompressedBytes;

    /// <summary>Bytes before the values that are never compressed.</summary>
    public int PlainLevelBytes => DefinitionBytes + RepetitionBytes;

    public bool IsData => Type is PageType.Data or PageType.DataV2;

    /// <exception cref="ThriftFormatException">No page header.</exception>
    public static PageHeader Read(ReadOnlySpan<byte> bytes, long start)
    {
        ThriftReader reader = new(bytes);
        ThriftStruct page = reader.ReadStruct();
        int uncompressed = Size(page, FooterFields.Page.UncompressedBytes);
        int compressed = Size(page, FooterFields.Page.CompressedBytes);
        PageHeader header = new()
        {
            Type = (PageType)page.RequiredInteger(FooterFields.Page.Type),
            Start = start,
            HeaderBytes = reader.Position,
            UncompressedBytes = uncompressed,
            CompressedBytes = compressed,
            Crc = (int?)page.Integer(FooterFields.Page.Crc),
        };
        switch (header.Type)
        {
            case PageType.Data:
                ThriftStruct data = Required(page, FooterFields.Page.DataHeader);
                return header with
                {
                    Values = Size(data, FooterFields.DataPage.Values),
                    Encoding = (PageEncoding)data.RequiredInteger(FooterFields.DataPage.Encoding),
                    DefinitionEncoding = (PageEncoding)data.RequiredInteger(FooterFields.DataPage.DefinitionEncoding),
                    RepetitionEncoding = (PageEncoding)data.RequiredInteger(FooterFields.DataPage.RepetitionEncoding),
                };
            case PageType.Dictionary:
                ThriftStruct dictionary = Required(page, FooterFields.Page.DictionaryHeader);
                return header with
                {
                    Values = Size(dictionary, FooterFields.DictionaryPage.Values),
                    Encoding = (PageEncoding)dictionary.RequiredInteger(FooterFields.DictionaryPage.Encoding),
                };
            case PageType.DataV2:
                ThriftStruct second = Required(page, FooterFields.Page.DataHeaderV2);
                header = header with
                {
                    Values = Size(second, FooterFields.DataPageV2.Values),
                    Nulls = Size(second, FooterFields.DataPageV2.Nulls),
                    Rows = Size(second, FooterFields.DataPageV2.Rows),
                    Encoding = (PageEncoding)second.RequiredInteger(FooterFields.DataPageV2.Encoding),
                    DefinitionBytes = Size(second, FooterFields.DataPageV2.DefinitionBytes),
                    RepetitionBytes = Size(second, FooterFields.DataPageV2.RepetitionBytes),
                    IsCompressed = second.Boolean(FooterFields.DataPageV2.IsCompressed) ?? true,
                };
                long levels = (long)header.DefinitionBytes + header.RepetitionBytes;
                return header.Nulls <= header.Values && levels <= Math.Min(compressed, uncompressed)
                    ? header
                    : throw new ThriftFormatException("a page's counts contradict each other");
            case PageType.Index:
                return header;
            default:
                throw new ThriftFormatException($"page type {(int)header.Type} is unknown");
        }
    }

    private static ThriftStruct Required(ThriftStruct page, short id) =>
        page.Struct(id) ?? throw new ThriftFormatException($"field {id} of a page header is missing");

    private static int Size(ThriftStruct page, short id)
    {
        long value = page.RequiredInteger(id);
        return value is >= 0 and <= int.MaxValue
            ? (int)value
            : throw new ThriftFormatException($"field {id} of a page header is {value}");
    }
}

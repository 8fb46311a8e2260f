using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Bytemill.Corpus;

/// <summary>
/// A file's footer, read and checked before anything trusts it: the library that decodes pages may loop forever or ask for
/// any amount of memory when a footer or page header is damaged.
/// </summary>
internal sealed class ParquetFooter
{
    private const int TailBytes = 8;

    // More than any writer puts into one chunk, and few enough that sums over all chunks of a footer stay far from overflow.
    private const long MaxChunkBytes = 1L << 44;

    private ParquetFooter(string path, long lengthBytes, string fingerprint)
    {
        Path = path;
        LengthBytes = lengthBytes;
        Fingerprint = fingerprint;
    }

    public string Path { get; }

    public long LengthBytes { get; }

    public string Fingerprint { get; }

    public SchemaNode Root { get; private set; } = null!;

    public List<SchemaNode> Leaves { get; } = [];

    public List<RowGroup> RowGroups { get; } = [];

    /// <summary>Order of values per leaf, or null when the footer has none.</summary>
    public ThriftList? ColumnOrders { get; private set; }

    /// <summary>Key-value metadata; of a key that comes twice, the last.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <exception cref="CorpusException">Not a Parquet file, or a damaged one.</exception>
    public static ParquetFooter Read(CorpusSource source)
    {
        byte[] bytes = ReadBytes(source);
        XxHash3 hash = new();
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, source.LengthBytes);
        hash.Append(length);
        hash.Append(bytes);
        string fingerprint = hash.GetCurrentHashAsUInt64().ToString("x16", CultureInfo.InvariantCulture);
        ParquetFooter footer = new(source.Path, source.LengthBytes, fingerprint);
        try
        {
            footer.Parse(new ThriftReader(bytes).ReadStruct());
        }
        catch (ThriftFormatException error)
        {
            throw new CorpusException(
                $"{source.Path}: the Parquet footer is damaged ({error.Message}); write or download the file again.", error);
        }

        return footer;
    }

    /// <summary>Finds the text column and checks that it is text.</summary>
    /// <exception cref="CorpusException">There is no such column, or it is not text.</exception>
    public SchemaNode FindTextColumn(string textColumn)
    {
        List<SchemaNode> found = Root.Children.FindAll(node => string.Equals(node.Name, textColumn, StringComparison.Ordinal));
        if (found.Count == 0)
        {
            found = Leaves.FindAll(leaf => string.Equals(leaf.DottedPath, textColumn, StringComparison.Ordinal));
        }

        if (found.Count == 0)
        {
            throw new CorpusException(
                $"{Path}: no column '{textColumn}'; found {ColumnErrors.Quote(Root.Children.Select(node => node.Name))}. "
                + $"Choose one with --text-column; text columns here: {NamesOfTextColumns()}.");
        }

        if (found.Count > 1)
        {
            throw new CorpusException(
                $"{Path}: column '{textColumn}' occurs {found.Count} times; write the file with distinct column names.");
        }

        SchemaNode column = found[0];
        if (!column.IsText || column.MaxRepetitionLevel > 0)
        {
            string type = column is { IsLeaf: true, Repetition: not Repetition.Repeated, MaxRepetitionLevel: > 0 }
                ? $"{column.Describe()} inside a list"
                : column.Describe();
            throw new CorpusException(
                $"{Path}: column '{textColumn}' is of type {type}; text must be a string or binary column with one value per "
                + $"row. Choose another with --text-column; text columns here: {NamesOfTextColumns()}.");
        }

        foreach ((RowGroup group, int index) in RowGroups.Select((group, index) => (group, index)))
        {
            ColumnChunk chunk = group.Chunks[column.LeafIndex];
            if (chunk.Obstacle is not null)
            {
                throw new CorpusException($"{Path}: row group {index}, column '{textColumn}': {chunk.Obstacle}");
            }

            if (chunk.Values != group.Rows)
            {
                throw new CorpusException(
                    $"{Path}: row group {index} has {group.Rows} rows, but column '{textColumn}' has {chunk.Values} values; the "
                    + "file is damaged, write or download it again.");
            }
        }

        return column;
    }

    private string NamesOfTextColumns() =>
        ColumnErrors.Quote(Leaves.Where(leaf => leaf.IsText && leaf.MaxRepetitionLevel == 0).Select(leaf => leaf.DottedPath));

    private static byte[] ReadBytes(CorpusSource source)
    {
        string path = source.Path;
        long length = source.LengthBytes;
        if (length == 0)
        {
            throw new CorpusException($"{path}: the file is empty (0 bytes); give Parquet files only.");
        }

        byte[] head = new byte[Math.Min(length, 4)];
        source.ReadExactly(0, head);
        bool begins = head.AsSpan().SequenceEqual("PAR1"u8);
        byte[] tail = new byte[TailBytes];
        if (length >= TailBytes)
        {
            source.ReadExactly(length - TailBytes, tail);
        }

        ReadOnlySpan<byte> end = tail.AsSpan(4);
        if (head.AsSpan().SequenceEqual("PARE"u8) || end.SequenceEqual("PARE"u8))
        {
            throw new CorpusException($"{path}: the Parquet file is encrypted, which is not supported; decrypt it first.");
        }

        if (!begins)
        {
            throw new CorpusException(
                $"{path}: not a Parquet file: it begins with {Printable(head)} instead of 'PAR1'. Give Parquet files only.");
        }

        if (length < 4 + TailBytes || !end.SequenceEqual("PAR1"u8))
        {
            throw new CorpusException(
                $"{path}: the Parquet file is cut short: its {length} bytes begin with 'PAR1' but do not end with a footer "
                + "and 'PAR1'. Write or download it again.");
        }

        uint footerLength = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (footerLength > length - 4 - TailBytes || footerLength > Array.MaxLength)
        {
            throw new CorpusException(
                $"{path}: the Parquet file is damaged: it announces a footer of {footerLength} bytes, but has only {length} "
                + "bytes in all. Write or download it again.");
        }

        byte[] footer = new byte[footerLength];
        source.ReadExactly(length - TailBytes - footerLength, footer);
        return footer;
    }

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (value is < 0x20 or > 0x7e)
            {
                return $"bytes {Convert.ToHexStringLower(bytes)}";
            }
        }

        return $"'{Encoding.ASCII.GetString(bytes)}'";
    }

    private void Parse(ThriftStruct file)
    {
        if (file.Has(FooterFields.File.Encryption))
        {
            throw new CorpusException($"{Path}: the Parquet file is encrypted, which is not supported; decrypt it first.");
        }

        ThriftList schema = file.List(FooterFields.File.Schema) ?? throw new ThriftFormatException("there is no schema");
        Root = SchemaNode.ReadTree([.. schema.Structs()], Leaves);
        ThriftList? groups = file.List(FooterFields.File.RowGroups);
        foreach (ThriftStruct group in groups?.Structs() ?? [])
        {
            RowGroups.Add(ParseRowGroup(group));
        }

        long rows = file.RequiredInteger(FooterFields.File.Rows);
        long sum = 0;
        foreach (RowGroup group in RowGroups)
        {
            sum += group.Rows;
        }

        if (rows != sum)
        {
            throw new ThriftFormatException($"it says {rows} rows, but its row groups have {sum}");
        }

        foreach (ThriftStruct pair in file.List(FooterFields.File.Metadata)?.Structs() ?? [])
        {
            Metadata[pair.Text(FooterFields.KeyValue.Key) ?? ""] = pair.Text(FooterFields.KeyValue.Value) ?? "";
        }

        ThriftList? orders = file.List(FooterFields.File.ColumnOrders);
        ColumnOrders = orders?.Items.Count == Leaves.Count ? orders : null;
    }

    private RowGroup ParseRowGroup(ThriftStruct group)
    {
        long rows = group.RequiredInteger(FooterFields.RowGroup.Rows);
        if (rows is < 0 or > int.MaxValue)
        {
            throw new ThriftFormatException($"row group {RowGroups.Count} has {rows} rows, outside [0..{int.MaxValue}]");
        }

        ThriftStruct[] columns = [.. group.List(FooterFields.RowGroup.Columns)?.Structs() ?? []];
        if (columns.Length != Leaves.Count)
        {
            throw new ThriftFormatException(
                $"row group {RowGroups.Count} has {columns.Length} column chunks, the schema has {Leaves.Count}");
        }

        ColumnChunk[] chunks = new ColumnChunk[columns.Length];
        for (int i = 0; i < chunks.Length; i++)
        {
            chunks[i] = ParseChunk(columns[i], Leaves[i]);
        }

        return new RowGroup(rows, chunks);
    }

    private ColumnChunk ParseChunk(ThriftStruct chunk, SchemaNode leaf)
    {
        ThriftStruct? metadata = chunk.Struct(FooterFields.Chunk.Metadata);
        if (metadata is null || chunk.Has(FooterFields.Chunk.Crypto) || chunk.Has(FooterFields.Chunk.EncryptedMetadata))
        {
            return new ColumnChunk
            {
                Column = leaf,
                Metadata = null,
                Obstacle = "the column is encrypted, which is not supported; decrypt the file first.",
            };
        }

        string where = $"row group {RowGroups.Count}, column '{leaf.DottedPath}'";
        string[] path = [.. metadata.List(FooterFields.ChunkMetadata.Path)?.Binaries().Select(Encoding.UTF8.GetString) ?? []];
        if (!path.AsSpan().SequenceEqual(leaf.Path))
        {
            throw new ThriftFormatException($"{where}: the chunk belongs to column '{string.Join('.', path)}'");
        }

        long type = metadata.RequiredInteger(FooterFields.ChunkMetadata.Type);
        if (type != (long)leaf.Type!.Value)
        {
            throw new ThriftFormatException($"{where}: the chunk has physical type {type}, the schema {(int)leaf.Type}");
        }

        long values = metadata.RequiredInteger(FooterFields.ChunkMetadata.Values);
        long data = metadata.RequiredInteger(FooterFields.ChunkMetadata.DataPageOffset);
        long dictionary = metadata.Integer(FooterFields.ChunkMetadata.DictionaryPageOffset) ?? 0;
        long index = metadata.Integer(FooterFields.ChunkMetadata.IndexPageOffset) ?? 0;
        long bytes = metadata.RequiredInteger(FooterFields.ChunkMetadata.CompressedBytes);
        long uncompressed = metadata.RequiredInteger(FooterFields.ChunkMetadata.UncompressedBytes);
        // Some writers leave the dictionary's or index' offset at 0, others point it past the data.
        long start = data;
        start = dictionary > 0 ? Math.Min(start, dictionary) : start;
        start = index > 0 ? Math.Min(start, index) : start;
        string? file = chunk.Text(FooterFields.Chunk.FilePath);
        bool isElsewhere = !string.IsNullOrEmpty(file);
        // An empty chunk may have no pages, and then no sensible offset.
        bool isOutside = start < 4 || bytes < 0 || start > LengthBytes - bytes;
        if (uncompressed is < 0 or > MaxChunkBytes)
        {
            throw new ThriftFormatException($"{where}: the chunk's size is {uncompressed}, outside [0..{MaxChunkBytes}]");
        }

        if (values < 0 || (!isElsewhere && values > 0 && isOutside))
        {
            throw new ThriftFormatException(
                $"{where}: {values} values in bytes [{start}..{start}+{bytes}) do not lie in the file's {LengthBytes} bytes");
        }

        return new ColumnChunk
        {
            Column = leaf,
            Metadata = metadata,
            Obstacle = isElsewhere
                ? $"the data lies in another file ('{file}'), which is not supported; write the column into the file itself."
                : null,
            Codec = (Codec)metadata.RequiredInteger(FooterFields.ChunkMetadata.Codec),
            Values = values,
            Start = start,
            LengthBytes = isOutside ? 0 : bytes,
            UncompressedBytes = uncompressed,
        };
    }
}

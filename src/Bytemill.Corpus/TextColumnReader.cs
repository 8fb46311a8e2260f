using Parquet;
using Parquet.Schema;

namespace Bytemill.Corpus;

/// <summary>Reads the text column of a Parquet file as UTF-8 bytes, one row group at a time, without .NET strings.</summary>
/// <remarks>
/// Plain, dictionary and delta encodings, data pages of version 1 and 2, the codecs zstd, snappy, gzip, brotli, lz4_raw and
/// none. Safe for several calls at once; each needs memory for one row group of text and one page.
/// </remarks>
public sealed class TextColumnReader : ITextSource, IAsyncDisposable
{
    // A few bytes of footer may claim any number of rows, and each takes twenty bytes before its text is read.
    private const int MaxRowsAtOnce = 1 << 27;

    // Of a row, besides its text: a reference to it and a level.
    private const int RowBytes = 20;

    private readonly CorpusSource _source;
    private readonly ParquetFooter _footer;
    private readonly SchemaNode _column;
    private readonly DataField _field;
    private readonly SourceOptions _options;

    private TextColumnReader(CorpusSource source, ParquetFooter footer, SchemaNode column, SourceOptions options)
    {
        _options = options;
        _source = source;
        _footer = footer;
        _column = column;
        _field = CreateField(column.MaxDefinitionLevel);
    }

    /// <inheritdoc/>
    public string Path => _source.Path;

    /// <summary>Row groups of the file.</summary>
    public int RowGroupCount => _footer.RowGroups.Count;

    int ITextSource.GroupCount => RowGroupCount;

    /// <summary>As <see cref="CorpusFile.Fingerprint"/>: tells whether the file is the one that was planned.</summary>
    public string Fingerprint => _footer.Fingerprint;

    /// <summary>Opens a file and reads its footer, on the calling thread.</summary>
    /// <inheritdoc cref="CorpusInspector.InspectAsync"/>
    public static Task<TextColumnReader> OpenAsync(
        string path, SourceOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        return CompletedTask.Of(() => Open(path, options), cancellationToken);
    }

    /// <summary>Opens a file and reads its footer.</summary>
    /// <inheritdoc cref="CorpusInspector.InspectAsync"/>
    public static TextColumnReader Open(string path, SourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        CorpusSource source = CorpusSource.Open(path);
        try
        {
            ParquetFooter footer = ParquetFooter.Read(source);
            return new TextColumnReader(source, footer, footer.FindTextColumn(options.TextColumn), options);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public RowSelection SelectRows(int group, long? take, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(group);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(group, RowGroupCount);
        return ParquetRows.Select(_source, _footer, group, _options, take, cancellationToken);
    }

    /// <inheritdoc/>
    public void CheckCopied(int group, CopiedColumns copied, RowSelection selection, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(group);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(group, RowGroupCount);
        ArgumentNullException.ThrowIfNull(copied);
        ArgumentNullException.ThrowIfNull(selection);
        ColumnSelection kept = ColumnSelection.Select(_footer, _column, copied.Names, HivePath.ColumnsOf(Path).Select(directory => directory.Key));
        using PageBodyReader bodies = new(_source);
        foreach (SchemaNode leaf in selection.Count == 0 ? [] : kept.Leaves)
        {
            string where = $"{Path}: row group {group}, column '{leaf.DottedPath}'";
            ColumnChunk chunk = _footer.RowGroups[group].Chunks[leaf.LeafIndex];
            if (selection.Count is null && !copied.AreDecoded)
            {
                ChunkCopier.Copy(_source, bodies, chunk, Stream.Null, 0, where, cancellationToken);
                continue;
            }

            using LeafReader reader = new(_source, chunk, where);
            foreach (LeafPage _ in reader.Read(cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Reads the text of a row group a few pages at a time, in order, and checks that it is UTF-8.</summary>
    /// <param name="group">0-based index, less than <see cref="RowGroupCount"/>.</param>
    /// <param name="batchBytes">Decompressed pages that make up a batch, with twenty bytes for each row: so much memory a reader needs
    /// for a batch, twice; or for one page with its dictionary when these are larger.</param>
    /// <param name="selection">Rows to take; pages without any are not read.</param>
    /// <param name="cancellationToken">Looked at between pages.</param>
    /// <returns>Batches of at least one row, each to be disposed before the next is asked for; none for a row group without rows.</returns>
    /// <exception cref="CorpusException">The data is damaged, of a kind that is not supported, or no UTF-8.</exception>
    public IEnumerable<TextBatch> ReadBatches(int group, long batchBytes, RowSelection selection, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentOutOfRangeException.ThrowIfNegative(group);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(group, RowGroupCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchBytes, 1);
        return EnumerateBatches(group, batchBytes, selection, cancellationToken);
    }

    /// <summary>As the other overload, for all rows.</summary>
    /// <inheritdoc cref="ReadBatches(int, long, RowSelection, CancellationToken)"/>
    public IEnumerable<TextBatch> ReadBatches(int group, long batchBytes, CancellationToken cancellationToken = default) =>
        ReadBatches(group, batchBytes, RowSelection.All, cancellationToken);

    /// <summary>Reads the text of a row group and checks that it is UTF-8, on the calling thread.</summary>
    /// <param name="rowGroup">0-based index, less than <see cref="RowGroupCount"/>.</param>
    /// <param name="cancellationToken">Looked at between pages.</param>
    /// <returns>The rows; to be disposed.</returns>
    /// <exception cref="CorpusException">The data is damaged, of a kind that is not supported, or no UTF-8.</exception>
    public Task<TextBatch> ReadRowGroupAsync(int rowGroup, CancellationToken cancellationToken = default)
    {
        return CompletedTask.Of(() => ReadRowGroup(rowGroup, cancellationToken), cancellationToken);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _source.Dispose();

    /// <summary>Closes the file.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private TextBatch ReadRowGroup(int rowGroup, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowGroup);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rowGroup, RowGroupCount);
        RowGroup group = _footer.RowGroups[rowGroup];
        CheckRows(group.Rows, Where(rowGroup));
        ColumnChunk chunk = group.Chunks[_column.LeafIndex];
        return Decode(rowGroup, chunk, group.Rows == 0 ? [] : PageWalker.Walk(_source, chunk, Where(rowGroup)), 0, group.Rows, RowSelection.All, cancellationToken);
    }

    private IEnumerable<TextBatch> EnumerateBatches(int rowGroup, long batchBytes, RowSelection selection, CancellationToken cancellationToken)
    {
        RowGroup group = _footer.RowGroups[rowGroup];
        if (group.Rows == 0)
        {
            yield break;
        }

        cancellationToken.ThrowIfCancellationRequested();
        string where = Where(rowGroup);
        ColumnChunk chunk = group.Chunks[_column.LeafIndex];
        List<PageHeader> pages = PageWalker.Walk(_source, chunk, where);
        PageHeader? dictionary = pages.Find(page => page.Type == PageType.Dictionary);
        // The dictionary is decoded for every batch: then text is at least as much.
        long room = Math.Max(batchBytes, dictionary?.UncompressedBytes ?? 0);
        var taken = new List<PageHeader>();
        long firstRow = 0;
        long rows = 0;
        long bytes = 0;
        for (int i = 0; i < pages.Count; i++)
        {
            PageHeader page = pages[i];
            if (page.IsData && page.Values > 0 && rows == 0 && !selection.TakesAny(firstRow, page.Values))
            {
                firstRow += page.Values;
                continue;
            }

            if (page.IsData && page.Values > 0)
            {
                if (taken.Count == 0 && dictionary is not null)
                {
                    taken.Add(dictionary);
                }

                taken.Add(page);
                rows += page.Values;
                bytes += page.UncompressedBytes + ((long)page.Values * RowBytes);
            }

            if (rows > 0 && (bytes >= room || i == pages.Count - 1))
            {
                CheckRows(rows, where);
                yield return Decode(rowGroup, chunk with { Values = rows }, taken, firstRow, rows, selection, cancellationToken);
                taken.Clear();
                firstRow += rows;
                (rows, bytes) = (0, 0);
            }
        }
    }

    private string Where(int rowGroup) => $"{_source.Path}: row group {rowGroup}, column '{_column.DottedPath}'";

    private static void CheckRows(long rows, string where)
    {
        if (rows > MaxRowsAtOnce)
        {
            throw new CorpusException(
                $"{where}: it has {rows} rows, more than the {MaxRowsAtOnce} that can be read at once; write the file with "
                + "smaller row groups.");
        }
    }

    // Decodes some data pages, with the dictionary before them when there is one.
    private TextBatch Decode(
        int rowGroup, ColumnChunk chunk, List<PageHeader> pages, long firstRow, long rows, RowSelection selection, CancellationToken cancellationToken)
    {
        string where = Where(rowGroup);
        string whereRows = rows == 0 ? where : $"{where}, rows {firstRow} to {firstRow + rows - 1}";
        TextBatch batch = new((int)rows, _column.MaxDefinitionLevel) { FirstRow = firstRow, Selection = selection };
        try
        {
            if (rows > 0)
            {
                InlineContext.Run(() => DecodeAsync(batch, chunk, pages, whereRows, cancellationToken));
            }

            batch.CheckUtf8(_options, where, _footer.RowGroups.Take(rowGroup).Sum(earlier => earlier.Rows));
            return batch;
        }
        catch (Exception error)
        {
            batch.Dispose();
            if (error is CorpusException or OperationCanceledException)
            {
                throw;
            }

            // Whatever the decoding library throws at damaged pages: index, format, arithmetic, memory.
            throw PageWalker.Damaged(whereRows, $"it cannot be decoded ({error.Message})", error);
        }
    }

    private async Task DecodeAsync(
        TextBatch batch, ColumnChunk chunk, List<PageHeader> pages, string where, CancellationToken cancellationToken)
    {
        using PageBodyReader bodies = new(_source);
        using SingleColumnStream stream = new(bodies, chunk, pages, where, cancellationToken);
        await using (ParquetReader reader = await ParquetReader
            .CreateAsync(stream, cancellationToken: cancellationToken).ConfigureAwait(true))
        {
            using ParquetRowGroupReader rows = reader.OpenRowGroupReader(0);
            await rows.ReadRawAsync(_field, batch.Values, batch.DefinitionLevels, null, cancellationToken)
                .ConfigureAwait(true);
        }

        int present = batch.Arrange(where);
        bool isPlain = pages.TrueForAll(page => !page.IsData || page.Encoding == PageEncoding.Plain);
        if (isPlain && stream.PlainBytes != batch.TotalBytes + ((long)sizeof(int) * present))
        {
            throw PageWalker.Damaged(where, "the lengths of its values do not add up to the size of its pages");
        }
    }

    // The field must have the levels of the column, by as many structs as SingleColumnStream makes.
    private static DataField CreateField(int maxDefinitionLevel)
    {
        DataField leaf = new(SingleColumnStream.LeafName, typeof(byte[]), isNullable: maxDefinitionLevel > 0);
        Field field = leaf;
        for (int level = 1; level < maxDefinitionLevel; level++)
        {
            field = new StructField(SingleColumnStream.GroupName, field);
        }

        // Only a field of a schema knows its levels.
        _ = new ParquetSchema(field);
        return leaf;
    }
}

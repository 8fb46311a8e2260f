using System.Collections.Immutable;
using System.Text;

namespace Bytemill.Corpus;

/// <summary>
/// Writes the tokenized twin of an input file: the same row groups and rows in the same order, with the kept columns, then
/// <c>input_ids</c> (optional list of optional int32, in the three levels that Arrow and Hugging Face datasets write) and
/// <c>n_tokens</c> (int32). A null text gives null <c>input_ids</c> and 0 in <c>n_tokens</c>.
/// </summary>
/// <remarks>
/// Kept columns are copied page by page, not decoded: every type, encoding, compression, null and value stays as it is.
/// The bytes written depend only on the input, the ids, the options and the versions of Bytemill, Parquet.Net and ZstdSharp.
/// What Arrow keeps in footer metadata of its own (time zones, durations, large strings) is not carried over.
/// Not thread-safe.
/// </remarks>
public sealed class TokenizedFileWriter : ITokenizedWriter
{
    /// <summary>Stands for the length of a row whose text is null.</summary>
    public const int NullText = -1;

    private readonly CorpusSource _source;
    private readonly ParquetFooter _input;
    private readonly ColumnSelection _kept;
    private readonly TokenizedFileOptions _options;
    private readonly ParquetOutput _output;
    private readonly PageBodyReader _bodies;
    private readonly TokenChunkWriter _tokens;
    private readonly PageCompressor _compressor;
    private readonly ImmutableArray<KeyValuePair<string, string?>> _directories;
    private readonly StringChunkWriter[] _directoryColumns;
    private readonly int _endRowGroup;
    private int _nextRowGroup;
    private OpenRowGroup? _open;
    private State _state;
    private bool _isDisposed;

    private TokenizedFileWriter(
        CorpusSource source,
        ParquetFooter input,
        ColumnSelection kept,
        ImmutableArray<KeyValuePair<string, string?>> directories,
        Stream output,
        TokenizedFileOptions options,
        int end)
    {
        _compressor = new PageCompressor(options.ZstdLevel);
        _directories = directories;
        _directoryColumns = [.. directories.Select(directory => new StringChunkWriter(directory.Key, _compressor))];
        _source = source;
        _input = input;
        _kept = kept;
        _output = new ParquetOutput(output) { DescribesFeatures = options.DescribesFeatures };
        _options = options;
        _bodies = new PageBodyReader(source);
        _tokens = new TokenChunkWriter(options.ZstdLevel);
        _nextRowGroup = options.FirstRowGroup;
        _endRowGroup = end;
    }

    private enum State
    {
        Open,
        InRowGroup,
        Writing,
        Complete,
    }

    /// <summary>Checks that columns can be kept, without opening the file.</summary>
    /// <param name="file">An inspected file.</param>
    /// <param name="textColumn">The text column it was inspected with.</param>
    /// <param name="keep">As for <c>CreateAsync</c>.</param>
    /// <exception cref="CorpusException">A column to keep does not exist or cannot be kept.</exception>
    public static void CheckColumns(CorpusFile file, string textColumn, IReadOnlyList<string>? keep)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(textColumn);
        foreach (string name in keep ?? [])
        {
            if (!file.Columns.Any(column => string.Equals(column.Name, name, StringComparison.Ordinal)))
            {
                throw ColumnErrors.NotThere(file.Path, name, file.Columns.Select(column => column.Name));
            }
        }

        foreach (ColumnInfo column in file.Columns)
        {
            bool isKept = keep is null
                ? !string.Equals(column.Name, textColumn, StringComparison.Ordinal)
                : keep.Contains(column.Name, StringComparer.Ordinal);
            if (isKept && !column.CanKeep)
            {
                throw ColumnErrors.CannotKeep(file.Path, column.Name);
            }
        }
    }

    /// <summary>As the other overload, for a file that was inspected: a <see cref="CorpusException"/> too when its fingerprint
    /// has changed since.</summary>
    public static async Task<TokenizedFileWriter> CreateAsync(
        CorpusFile input,
        string textColumn,
        IReadOnlyList<string>? keep,
        Stream output,
        TokenizedFileOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        TokenizedFileWriter writer = await CreateAsync(input.Path, textColumn, keep, output, options, cancellationToken)
            .ConfigureAwait(false);
        if (!string.Equals(writer._input.Fingerprint, input.Fingerprint, StringComparison.Ordinal))
        {
            writer._state = State.Writing;
            await writer.DisposeAsync().ConfigureAwait(false);
            throw new CorpusException(
                $"{input.Path}: the file is not the one that was looked at when the job began; do not change inputs while a job "
                + "runs, and start it again.");
        }

        return writer;
    }

    /// <summary>Opens the input and begins the output.</summary>
    /// <param name="inputPath">The input file.</param>
    /// <param name="textColumn">Its text column, as for <see cref="CorpusInspector.InspectAsync"/>.</param>
    /// <param name="keep">Top-level columns to copy, in any order; they come in the input's order. Null copies all but the
    /// text itself (of a struct that holds the text, the rest).</param>
    /// <param name="output">A stream that can be written, at its beginning; it stays open.</param>
    /// <param name="options">How to write; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CorpusException">The input cannot be used, a column to keep does not exist, or its name is taken by
    /// a token column.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static async Task<TokenizedFileWriter> CreateAsync(
        string inputPath,
        string textColumn,
        IReadOnlyList<string>? keep,
        Stream output,
        TokenizedFileOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputPath);
        ArgumentNullException.ThrowIfNull(textColumn);
        ArgumentNullException.ThrowIfNull(output);
        options ??= new TokenizedFileOptions();
        options.Validate();
        CorpusSource source = CorpusSource.Open(inputPath);
        TokenizedFileWriter? writer = null;
        try
        {
            ParquetFooter input = ParquetFooter.Read(source);
            ColumnSelection kept = ColumnSelection.Select(
                input, input.FindTextColumn(textColumn), keep, HivePath.ColumnsOf(source.Path).Select(directory => directory.Key));
            int available = input.RowGroups.Count;
            int count = options.RowGroupCount ?? Math.Max(0, available - options.FirstRowGroup);
            if (options.FirstRowGroup > available || count > available - options.FirstRowGroup)
            {
                throw new ArgumentException(
                    $"Row groups [{options.FirstRowGroup}..{(long)options.FirstRowGroup + count}) are asked for, the input has "
                    + $"{available}.",
                    nameof(options));
            }

            ImmutableArray<KeyValuePair<string, string?>> directories = HivePath.Kept(
                source.Path, keep, name => input.Root.Children.Exists(column => string.Equals(column.Name, name, StringComparison.Ordinal)));
            writer = new TokenizedFileWriter(source, input, kept, directories, output, options, options.FirstRowGroup + count);
            return writer;
        }
        catch
        {
            if (writer is not null)
            {
                writer._state = State.Writing;
                await writer.DisposeAsync().ConfigureAwait(false);
            }

            source.Dispose();
            throw;
        }
    }

    /// <summary>Writes one row group that is in memory as a whole: <see cref="BeginRowGroup"/>, <see cref="AppendAsync"/> and
    /// <see cref="EndRowGroupAsync"/> in one.</summary>
    /// <param name="rowGroup">0-based index in the input.</param>
    /// <param name="ids">Ids of all rows, concatenated.</param>
    /// <param name="lengths">Ids per row, one for each row of the row group; -1 for a null text.</param>
    /// <param name="cancellationToken">Cancels; the output is then to be thrown away.</param>
    /// <exception cref="ArgumentException">The lengths do not fit the rows or the ids, or the row group is not the next.
    /// </exception>
    /// <exception cref="CorpusException">A kept column is damaged, or a row has too many tokens.</exception>
    public async Task WriteRowGroupAsync(
        int rowGroup,
        ReadOnlyMemory<int> ids,
        ReadOnlyMemory<int> lengths,
        CancellationToken cancellationToken = default)
    {
        RequireNext(rowGroup);
        if (lengths.Length != _input.RowGroups[rowGroup].Rows)
        {
            throw new ArgumentException(
                $"There are {lengths.Length} lengths for a row group of {_input.RowGroups[rowGroup].Rows} rows.", nameof(lengths));
        }

        CheckLengths(ids, lengths);
        BeginRowGroup(rowGroup, cancellationToken);
        await AppendAsync(ids, lengths, cancellationToken).ConfigureAwait(false);
        await EndRowGroupAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins a row group, with its kept columns; they come in order, none left out. The work is done on the calling
    /// thread, with synchronous writes: after an asynchronous one, encoding would go on in the thread pool.</summary>
    /// <param name="rowGroup">0-based index in the input.</param>
    /// <param name="cancellationToken">Cancels; the output is then to be thrown away.</param>
    /// <exception cref="ArgumentException">The row group is not the next.</exception>
    /// <exception cref="CorpusException">A kept column is damaged.</exception>
    public void BeginRowGroup(int rowGroup, CancellationToken cancellationToken = default) => BeginGroup(rowGroup, RowSelection.All, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The row group is not the next.</exception>
    public void BeginGroup(int group, RowSelection selection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        RequireNext(group);
        if (selection.Count == 0)
        {
            // No reader needs a row group without rows.
            _nextRowGroup++;
            return;
        }

        // Anything that fails from here on leaves half a row group behind.
        _state = State.Writing;
        RowGroup rows = _input.RowGroups[group];
        _output.BeginRowGroup();
        foreach (SchemaNode leaf in _kept.Leaves)
        {
            string where = $"{_source.Path}: row group {group}, column '{leaf.DottedPath}'";
            ColumnChunk chunk = rows.Chunks[leaf.LeafIndex];
            if (selection.Count is not null)
            {
                ChunkFilter.Write(_source, chunk, selection, _output, _compressor, where, cancellationToken);
                continue;
            }

            _output.Add(ChunkCopier.Copy(_source, _bodies, chunk, _output.Stream, _output.Position, where, cancellationToken));
        }

        _tokens.Begin($"{_source.Path}: row group {group}");
        _open = new OpenRowGroup(selection.Count ?? rows.Rows);
        _state = State.InRowGroup;
    }

    /// <summary>Writes the next rows of the row group that was begun. How rows are divided among calls does not show in the
    /// output.</summary>
    /// <param name="ids">Ids of these rows, concatenated.</param>
    /// <param name="lengths">Ids per row; -1 for a null text.</param>
    /// <param name="cancellationToken">Cancels; the output is then to be thrown away.</param>
    /// <exception cref="ArgumentException">The lengths do not fit the ids, or are more than the row group has rows.</exception>
    /// <exception cref="CorpusException">A row has too many tokens.</exception>
    /// <exception cref="InvalidOperationException">No row group was begun.</exception>
    public async Task AppendAsync(ReadOnlyMemory<int> ids, ReadOnlyMemory<int> lengths, CancellationToken cancellationToken = default)
    {
        OpenRowGroup open = RequireRowGroup();
        CheckLengths(ids, lengths);
        if (lengths.Length > open.ExpectedRows - open.Rows)
        {
            throw new ArgumentException(
                $"{lengths.Length} rows after {open.Rows} are more than the {open.ExpectedRows} of the row group.", nameof(lengths));
        }

        _state = State.Writing;
        await _tokens.AppendAsync(ids, lengths, _output.Stream, cancellationToken).ConfigureAwait(false);
        open.Rows += lengths.Length;
        _state = State.InRowGroup;
    }

    Task ITokenizedWriter.AppendAsync(TextBatch batch, ReadOnlyMemory<int> ids, ReadOnlyMemory<int> lengths, CancellationToken cancellationToken) =>
        AppendAsync(ids, lengths, cancellationToken);

    Task ITokenizedWriter.EndGroupAsync(CancellationToken cancellationToken) =>
        _state == State.Open ? Task.CompletedTask : EndRowGroupAsync(cancellationToken);

    /// <summary>Ends the row group.</summary>
    /// <param name="cancellationToken">Cancels; the output is then to be thrown away.</param>
    /// <exception cref="InvalidOperationException">No row group was begun, or rows are missing.</exception>
    public async Task EndRowGroupAsync(CancellationToken cancellationToken = default)
    {
        OpenRowGroup open = RequireRowGroup();
        if (open.Rows != open.ExpectedRows)
        {
            throw new InvalidOperationException($"The row group has {open.ExpectedRows} rows; {open.Rows} were written.");
        }

        _state = State.Writing;
        _output.Add(await _tokens.EndIdsAsync(_output.Stream, _output.Position, cancellationToken).ConfigureAwait(false));
        _output.Add(await _tokens.EndCountsAsync(_output.Stream, _output.Position, cancellationToken).ConfigureAwait(false));
        for (int i = 0; i < _directoryColumns.Length; i++)
        {
            byte[] value = Encoding.UTF8.GetBytes(_directories[i].Value ?? "");
            for (long row = 0; row < open.ExpectedRows; row++)
            {
                _directoryColumns[i].Append(value, _directories[i].Value is null);
            }

            _directoryColumns[i].EndRowGroup(_output);
        }

        _output.EndRowGroup(open.ExpectedRows);
        _nextRowGroup++;
        _open = null;
        _state = State.Open;
    }

    private void RequireNext(int rowGroup)
    {
        RequireOpen();
        if (rowGroup != _nextRowGroup || rowGroup >= _endRowGroup)
        {
            throw new ArgumentException(
                $"Row group {rowGroup} is not the next one of [{_nextRowGroup}..{_endRowGroup}).", nameof(rowGroup));
        }
    }

    private OpenRowGroup RequireRowGroup()
    {
        if (_state != State.InRowGroup)
        {
            RequireOpen();
            throw new InvalidOperationException("No row group was begun.");
        }

        return _open!;
    }

    /// <summary>Writes the footer and flushes. Without a footer the output is no Parquet file, so that a job that failed
    /// midway cannot leave one that looks whole.</summary>
    /// <exception cref="InvalidOperationException">Row groups are missing.</exception>
    public Task CompleteAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RequireOpen();
        if (_nextRowGroup != _endRowGroup)
        {
            throw new InvalidOperationException($"Row groups [{_nextRowGroup}..{_endRowGroup}) were not written.");
        }

        _state = State.Writing;
        _output.Complete(_kept.ColumnCount + 2 + _directories.Length, [.. _kept.Elements, .. TokenChunkWriter.Elements(_options.IdType), .. _directories.Select(directory => StringChunkWriter.Element(directory.Key))], _options.Metadata, Orders());
        _state = State.Complete;
        return Task.CompletedTask;
    }

    /// <summary>Closes the input. If all row groups were written, completes the file as <see cref="CompleteAsync"/> does;
    /// after a failure or with row groups missing it writes no footer.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        try
        {
            if (_state == State.Open && _nextRowGroup == _endRowGroup)
            {
                await CompleteAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _tokens.Dispose();
            _compressor.Dispose();
            Array.ForEach(_directoryColumns, column => column.Dispose());
            _bodies.Dispose();
            _source.Dispose();
        }
    }

    private void RequireOpen()
    {
        if (_state != State.Open)
        {
            throw new InvalidOperationException(
                _state == State.Complete ? "The file is complete."
                    : _state == State.InRowGroup ? "A row group was begun and not ended."
                    : "An earlier write failed or was cancelled; throw the output away and begin again.");
        }
    }

    private static void CheckLengths(ReadOnlyMemory<int> ids, ReadOnlyMemory<int> lengths)
    {
        long sum = 0;
        foreach (int length in lengths.Span)
        {
            if (length < NullText)
            {
                throw new ArgumentException($"A length is {length}; expected {NullText} or more.", nameof(lengths));
            }

            sum += Math.Max(0, length);
        }

        if (sum != ids.Length)
        {
            throw new ArgumentException($"The lengths add up to {sum}, but there are {ids.Length} ids.", nameof(lengths));
        }
    }

    // Without orders in the input its minima and maxima mean nothing, and may not be given a meaning here.
    private ThriftList? Orders()
    {
        if (_kept.Leaves.Count > 0 && _input.ColumnOrders is null)
        {
            return null;
        }

        ThriftList orders = new(ThriftType.Struct);
        orders.Items.AddRange(_kept.Leaves.Select(leaf => _input.ColumnOrders!.Items[leaf.LeafIndex]));
        return ParquetOutput.AppendOrdersByType(orders, 2 + _directories.Length);
    }

    private sealed class OpenRowGroup(long expectedRows)
    {
        public long ExpectedRows { get; } = expectedRows;

        /// <summary>Rows written so far.</summary>
        public long Rows { get; set; }
    }
}

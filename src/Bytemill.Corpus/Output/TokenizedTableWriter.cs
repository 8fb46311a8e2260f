using System.Collections.Immutable;
using System.Text;

namespace Bytemill.Corpus;

/// <summary>
/// Writes the tokenized twin of a file of lines: its rows in the same order, with the kept properties as columns of strings, then
/// <c>input_ids</c> and <c>n_tokens</c> as <see cref="TokenizedFileWriter"/> writes them.
/// </summary>
/// <remarks>Row groups end where rows or ids reach a limit, wherever the calls divide the rows. Not thread-safe.</remarks>
public sealed class TokenizedTableWriter : ITokenizedWriter
{
    private const int GroupRows = 1 << 20;
    private const long GroupIds = 16 << 20;

    private readonly TokenizedFileOptions _options;
    private readonly string[] _keep;
    private readonly int _own;
    private readonly byte[]?[] _directories;
    private readonly ParquetOutput _output;
    private readonly PageCompressor _compressor;
    private readonly StringChunkWriter[] _kept;
    private readonly TokenChunkWriter _tokens;
    private readonly string _where;
    private long _groupRows;
    private long _groupIds;
    private bool _isComplete;

    /// <param name="path">The input, for messages.</param>
    /// <param name="keep">Names of the kept properties, and of columns that directories stand for; null for all of these and no property.</param>
    /// <param name="output">A stream that can be written, at its beginning; it stays open.</param>
    /// <param name="options">How to write.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="CorpusException">A name is taken by a token column, or occurs twice.</exception>
    public TokenizedTableWriter(string path, IReadOnlyList<string>? keep, Stream output, TokenizedFileOptions options)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        ImmutableArray<string> own = HivePath.WithoutDirectories(path, [.. keep ?? []]);
        ImmutableArray<KeyValuePair<string, string?>> directories = HivePath.Kept(path, keep, _ => false);
        (_where, _options, _own) = (path, options, own.Length);
        _keep = [.. own, .. directories.Select(directory => directory.Key)];
        _directories = [.. directories.Select(directory => directory.Value is { } value ? Encoding.UTF8.GetBytes(value) : null)];
        CheckNames(path, _keep);
        _output = new ParquetOutput(output) { DescribesFeatures = options.DescribesFeatures };
        _compressor = new PageCompressor(options.ZstdLevel);
        _kept = [.. _keep.Select(name => new StringChunkWriter(name, _compressor))];
        _tokens = new TokenChunkWriter(options.ZstdLevel);
    }

    /// <inheritdoc/>
    public void BeginGroup(int group, RowSelection selection, CancellationToken cancellationToken) => cancellationToken.ThrowIfCancellationRequested();

    /// <inheritdoc/>
    public async Task AppendAsync(TextBatch batch, ReadOnlyMemory<int> ids, ReadOnlyMemory<int> lengths, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int next = 0;
        for (int first = 0; first < lengths.Length;)
        {
            (int rows, int count) = Fitting(lengths.Span[first..]);
            if (_groupRows == 0)
            {
                _output.BeginRowGroup();
                _tokens.Begin(_where);
            }

            await _tokens.AppendAsync(ids[..count], lengths.Slice(first, rows), _output.Stream, cancellationToken).ConfigureAwait(false);
            for (int written = 0; written < rows; next++)
            {
                if (batch.IsTaken(next))
                {
                    AppendKept(batch, next);
                    written++;
                }
            }

            (_groupRows, _groupIds) = (_groupRows + rows, _groupIds + count);
            ids = ids[count..];
            first += rows;
            if (_groupRows >= GroupRows || _groupIds >= GroupIds)
            {
                await EndRowGroupAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public Task EndGroupAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The file is complete already.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_isComplete)
        {
            throw new InvalidOperationException("The file is complete.");
        }

        if (_groupRows > 0)
        {
            await EndRowGroupAsync(cancellationToken).ConfigureAwait(false);
        }

        _isComplete = true;
        _output.Complete(
            _keep.Length + 2,
            [.. TokenChunkWriter.Elements(_options.IdType), .. _keep.Select(StringChunkWriter.Element)],
            _options.Metadata,
            ParquetOutput.OrdersByType(_keep.Length + 2));
    }

    /// <summary>Frees what the writer holds; writes no footer.</summary>
    public ValueTask DisposeAsync()
    {
        _tokens.Dispose();
        foreach (StringChunkWriter column in _kept)
        {
            column.Dispose();
        }

        _compressor.Dispose();
        return ValueTask.CompletedTask;
    }

    private void AppendKept(TextBatch batch, int row)
    {
        for (int column = 0; column < _own; column++)
        {
            ReadOnlyMemory<byte>? value = batch.Kept(column, row);
            _kept[column].Append(value.GetValueOrDefault().Span, value is null);
        }

        for (int column = 0; column < _directories.Length; column++)
        {
            _kept[_own + column].Append(_directories[column], _directories[column] is null);
        }
    }

    internal static void CheckNames(string path, IReadOnlyList<string> keep)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string name in keep)
        {
            if (TokenColumns.IsTaken(name) || !seen.Add(name))
            {
                throw ColumnErrors.CannotKeep(path, name);
            }
        }
    }

    private async Task EndRowGroupAsync(CancellationToken cancellationToken)
    {
        _output.Add(await _tokens.EndIdsAsync(_output.Stream, _output.Position, cancellationToken).ConfigureAwait(false));
        _output.Add(await _tokens.EndCountsAsync(_output.Stream, _output.Position, cancellationToken).ConfigureAwait(false));
        foreach (StringChunkWriter column in _kept)
        {
            column.EndRowGroup(_output);
        }

        _output.EndRowGroup(_groupRows);
        (_groupRows, _groupIds) = (0, 0);
    }

    private (int Rows, int Ids) Fitting(ReadOnlySpan<int> lengths)
    {
        int ids = 0;
        for (int rows = 0; rows < lengths.Length; rows++)
        {
            if (_groupRows + rows >= GroupRows || _groupIds + ids >= GroupIds)
            {
                return (rows, ids);
            }

            ids += Math.Max(0, lengths[rows]);
        }

        return (lengths.Length, ids);
    }
}

using System.Buffers;
using Bytemill.Corpus;
using Bytemill.Tokenization;

namespace Bytemill.Pipeline;

/// <summary>
/// Lays the rows of one input file out as the job asks for. The unit of packing and of files is the input file (and the part of a split): so tasks
/// need nothing of each other, and no result depends on which of them is done first. Rows that are to be shuffled it only gathers.
/// </summary>
internal sealed class LaidOutWriter : ITokenizedWriter
{
    private readonly OutputLayout _layout;
    private readonly string _fingerprint;
    private readonly KeptColumns _kept;
    private readonly OutputFiles _files;
    private readonly SplitRule? _split;
    private readonly OutputChain[] _chains;
    private readonly RecordSorter? _sorter;
    private readonly ShuffledRows[] _shuffled = [];
    private readonly TaskContext _context;
    private readonly string _inputVersion;
    private readonly ArrayBufferWriter<byte> _cells = new();
    private readonly ArrayBufferWriter<int> _document = new();
    private int _group;
    private long _emptyRows;
    private long _documentTokens;

    public LaidOutWriter(TaskContext context, TokenizedFile file, TokenizerModel model)
    {
        JobSpec spec = context.Spec;
        CorpusFile input = context.Plan.Files[file.Input];
        (_context, _layout, _fingerprint) = (context, spec.Layout, input.Fingerprint);
        _inputVersion = context.Job.VersionOf(file.Input);
        _kept = KeptColumns.Open(input, spec.TextColumn, _layout.HasKeptColumns ? spec.Keep : []);
        _files = new OutputFiles(context.Output);
        _split = _layout.SplitRule;
        string[] parts = [.. _split?.Names ?? [""]];
        if (_layout.Shuffle is { } seed)
        {
            _sorter = new RecordSorter(context.Memory.SplittingBytes, context.Output.Scratch);
            _shuffled = [.. parts.Select((_, part) => new ShuffledRows(_sorter, seed, file.Epoch ?? 0, file.Input, part))];
            _chains = [.. _shuffled.Select(rows => new OutputChain(_layout, rows, context.Cancellation))];
            return;
        }

        var sinks = new SinkFactory(
            spec,
            _layout.TypeFor(model.Vocabulary.Count),
            _kept.Schema,
            [.. OutputMetadata.Of(spec, model, file), new("bytemill.input.fingerprint", input.Fingerprint)],
            _files);
        string stem = Path.ChangeExtension(file.Name, null);
        _chains =
        [
            .. parts.Select(
                part => new OutputChain(_layout, sinks.Roll(part.Length == 0 ? stem : $"{part}/{stem}", part, file.Epoch), context.Cancellation)),
        ];
    }

    /// <summary>Rows in the files.</summary>
    public long Rows => _files.Rows + _shuffled.Sum(rows => rows.Rows);

    /// <summary>Tokens in the files, without padding.</summary>
    public long Tokens => _files.Tokens + _shuffled.Sum(rows => rows.Tokens);

    public void BeginGroup(int group, RowSelection selection, CancellationToken cancellationToken)
    {
        _group = group;
        if (selection.Count != 0)
        {
            // Of a group that is not read, nothing may be right.
            _kept.BeginGroup(group, cancellationToken);
        }
    }

    public Task AppendAsync(TextBatch batch, ReadOnlyMemory<int> ids, ReadOnlyMemory<int> lengths, CancellationToken cancellationToken)
    {
        int next = 0;
        int at = 0;
        for (int row = 0; row < batch.RowCount; row++)
        {
            if (!batch.IsTaken(row))
            {
                continue;
            }

            int length = lengths.Span[next++];
            int count = Math.Max(0, length);
            Append(batch, row, ids.Span.Slice(at, count), isNull: length < 0);
            at += count;
        }

        return Task.CompletedTask;
    }

    public Task EndGroupAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CompleteAsync(CancellationToken cancellationToken)
    {
        foreach (OutputChain chain in _chains)
        {
            // A part of a split that has no row of the file has no file.
            chain.Complete(evenEmpty: _split is null);
        }

        if (_sorter is not null)
        {
            ShuffleFile.Write(_context.Output, _sorter, _context.Plan.ShuffleSlices, _kept.Schema.ToBytes(), cancellationToken);
        }

        return Task.CompletedTask;
    }

    /// <summary>Describes the files, once they are complete.</summary>
    /// <param name="metrics">What was encoded.</param>
    /// <exception cref="InvalidOperationException">The files do not hold what was encoded.</exception>
    public void WriteInfo(TaskMetrics metrics)
    {
        long dropped = _chains.Sum(chain => chain.DroppedTokens);
        if (metrics.Tokens + _documentTokens != Tokens + dropped || (_layout.Pack is null && metrics.Rows != Rows + _emptyRows))
        {
            throw new InvalidOperationException(
                $"{metrics.Rows} rows with {metrics.Tokens} tokens were encoded, and {_documentTokens} special ones put around them; the files hold {Rows} rows with {Tokens} tokens, {_emptyRows} rows were empty and {dropped} tokens dropped.");
        }

        _files.WriteInfo(new Wire.TokenizedFileInfo
        {
            Rows = Rows,
            Tokens = Tokens,
            EmptyRows = _emptyRows,
            DroppedTokens = dropped,
            PaddingTokens = _chains.Sum(chain => chain.PaddingTokens),
            DocumentTokens = _documentTokens,
            InputVersion = _inputVersion,
        });
    }

    public ValueTask DisposeAsync()
    {
        Array.ForEach(_chains, chain => chain.Dispose());
        _sorter?.Dispose();
        _kept.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Append(TextBatch batch, int row, ReadOnlySpan<int> ids, bool isNull)
    {
        if (ids.IsEmpty && !_layout.HasEmptyRows)
        {
            _emptyRows++;
            return;
        }

        _cells.ResetWrittenCount();
        _kept.Write(batch, row, _cells);
        ReadOnlySpan<int> document = ids.IsEmpty ? ids : Surround(ids);
        int part = _split?.PartOf(_fingerprint, _group, batch.FirstRow + row) ?? 0;
        _chains[part].Append(new OutputRow { Ids = document, IsNull = isNull, TokenCount = document.Length, Kept = _cells.WrittenSpan });
    }

    private ReadOnlySpan<int> Surround(ReadOnlySpan<int> ids)
    {
        if (_layout.TokensAround == DocumentTokens.None)
        {
            return ids;
        }

        _document.ResetWrittenCount();
        if (_layout.TokensAround.HasFlag(DocumentTokens.Bos))
        {
            _document.Write([Vocabulary.BosId]);
        }

        _document.Write(ids);
        if (_layout.TokensAround.HasFlag(DocumentTokens.Eos))
        {
            _document.Write([Vocabulary.EosId]);
        }

        _documentTokens += _document.WrittenCount - ids.Length;
        return _document.WrittenSpan;
    }
}

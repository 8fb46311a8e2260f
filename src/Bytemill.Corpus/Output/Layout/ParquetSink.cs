namespace Bytemill.Corpus;

/// <summary>
/// Writes rows as Parquet: <c>input_ids</c>, of packed sequences <c>position_ids</c> and <c>document_ids</c>, <c>n_tokens</c>, then the kept
/// columns. Row groups end where rows or bytes reach a limit.
/// </summary>
public sealed class ParquetSink : RowSink
{
    private readonly Stream _stream;
    private readonly string _where;
    private readonly ParquetSinkOptions _options;
    private readonly ParquetOutput _output;
    private readonly PageCompressor _compressor;
    private readonly TokenChunkWriter _tokens;
    private readonly ListChunkWriter[] _packed;
    private readonly MemoryStream[] _packedPages;
    private readonly LeafChunkWriter[] _kept;
    private readonly MemoryStream[] _keptPages;
    private readonly int[] _length = new int[1];
    private readonly int[] _count = new int[1];
    private int[] _ids = [];
    private long _groupRows;
    private long _groupBytes;

    /// <param name="stream">At its beginning; closed with the sink.</param>
    /// <param name="where">Name of the output, for messages.</param>
    /// <param name="options">How to write.</param>
    public ParquetSink(Stream stream, string where, ParquetSinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        (_stream, _where, _options) = (stream, where, options);
        _output = new ParquetOutput(stream) { DescribesFeatures = options.DescribesFeatures };
        _compressor = new PageCompressor(options.ZstdLevel);
        _tokens = new TokenChunkWriter(options.ZstdLevel);
        _packed = options.IsPacked ? [new(TokenColumns.Positions, _compressor), new(TokenColumns.Documents, _compressor)] : [];
        _packedPages = [.. _packed.Select(_ => new MemoryStream())];
        _keptPages = [.. options.Kept.Leaves.Select(_ => new MemoryStream())];
        _kept = [.. options.Kept.Leaves.Select((leaf, i) => new LeafChunkWriter(leaf, _compressor, _keptPages[i]))];
    }

    /// <inheritdoc/>
    public override long LengthBytes => _output.Position + (_groupRows == 0 ? 0
        : _tokens.LengthBytes + _packed.Sum(column => column.WrittenBytes + column.PendingBytes) + _kept.Sum(column => column.WrittenBytes + column.PendingBytes));

    /// <inheritdoc/>
    public override void Complete(CancellationToken cancellation = default)
    {
        if (_groupRows > 0)
        {
            EndRowGroup(cancellation);
        }

        ThriftStruct[] packed = _options.IsPacked
            ? [.. ListChunkWriter.Elements(TokenColumns.Positions, IdType.Int32), .. ListChunkWriter.Elements(TokenColumns.Documents, IdType.Int32)]
            : [];
        _output.Complete(
            2 + _packed.Length + _options.Kept.Root.Children.Count,
            [.. ListChunkWriter.Elements(TokenColumns.Ids, _options.IdType), .. packed, TokenChunkWriter.CountElement(), .. _options.Kept.Elements],
            _options.Metadata,
            ParquetOutput.OrdersByType(2 + _packed.Length + _kept.Length));
    }

    /// <inheritdoc/>
    protected override void Write(in OutputRow row, CancellationToken cancellation)
    {
        if (_groupRows == 0)
        {
            _output.BeginRowGroup();
            _tokens.Begin(_where);
            Array.ForEach(_packed, column => column.Begin(_where));
        }

        Grow(row.Ids.Length);
        row.Ids.CopyTo(_ids);
        _length[0] = row.IsNull ? TokenizedFileWriter.NullText : row.Ids.Length;
        _count[0] = row.TokenCount;
        Wait(_tokens.AppendPaddedAsync(_ids.AsMemory(0, row.Ids.Length), _length, _count, _stream, cancellation));
        if (_options.IsPacked)
        {
            WriteDocuments(row, cancellation);
        }

        ReadOnlySpan<byte> cells = row.Kept;
        for (int i = 0; i < _kept.Length; i++)
        {
            cells = KeptCells.MoveLeaf(cells, _options.Kept.Leaves[i], _kept[i]);
        }

        _groupRows++;
        _groupBytes += ((long)sizeof(int) * ((row.Ids.Length * (1 + _packed.Length)) + 1)) + row.Kept.Length;
        if (_groupRows >= _options.RowGroupRows || _groupBytes >= _options.RowGroupBytes)
        {
            EndRowGroup(cancellation);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _tokens.Dispose();
        Array.ForEach(_packed, column => column.Dispose());
        _compressor.Dispose();
        Array.ForEach(_packedPages, pages => pages.Dispose());
        Array.ForEach(_keptPages, pages => pages.Dispose());
        _stream.Dispose();
    }

    private void WriteDocuments(in OutputRow row, CancellationToken cancellation)
    {
        PackedIds.FillPositions(row, _ids);
        Wait(_packed[0].AppendAsync(_ids.AsMemory(0, row.Ids.Length), _length, _packedPages[0], cancellation));
        PackedIds.FillDocuments(row, _ids);
        Wait(_packed[1].AppendAsync(_ids.AsMemory(0, row.Ids.Length), _length, _packedPages[1], cancellation));
    }

    private void EndRowGroup(CancellationToken cancellation)
    {
        _output.Add(Wait(_tokens.EndIdsAsync(_stream, _output.Position, cancellation)));
        for (int i = 0; i < _packed.Length; i++)
        {
            (ThriftStruct, long) chunk = Wait(_packed[i].EndAsync(_packedPages[i], _output.Position, cancellation));
            Empty(_packedPages[i]);
            _output.Add(chunk);
        }

        _output.Add(Wait(_tokens.EndCountsAsync(_stream, _output.Position, cancellation)));
        for (int i = 0; i < _kept.Length; i++)
        {
            (ThriftStruct, long) chunk = _kept[i].End(_output.Position);
            Empty(_keptPages[i]);
            _output.Add(chunk);
        }

        _output.EndRowGroup(_groupRows);
        (_groupRows, _groupBytes) = (0, 0);
    }

    private void Empty(MemoryStream pages)
    {
        _stream.Write(pages.GetBuffer().AsSpan(0, (int)pages.Length));
        pages.SetLength(0);
    }

    private void Grow(int length)
    {
        if (_ids.Length < length)
        {
            _ids = new int[Math.Max(length, 2 * _ids.Length)];
        }
    }

    // Encoding goes to memory and writing is synchronous, so they are done when they return.
    private static void Wait(Task done) => done.GetAwaiter().GetResult();

    private static T Wait<T>(Task<T> done) => done.GetAwaiter().GetResult();
}

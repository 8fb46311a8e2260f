namespace Bytemill.Training;

/// <summary>Writes a slice: pieces in byte order with their counts.</summary>
public sealed class PieceSliceWriter : IDisposable
{
    private readonly BlockCodec _codec = new();
    private readonly RunWriter _run;
    private readonly PieceWriter _writer;

    /// <param name="output">Receives the slice; left open.</param>
    public PieceSliceWriter(Stream output)
        : this(output, RunKind.PieceSlice)
    {
    }

    internal PieceSliceWriter(Stream output, RunKind kind)
    {
        ArgumentNullException.ThrowIfNull(output);
        _run = new RunWriter(output, kind, _codec);
        _writer = new PieceWriter(_run.Segment);
    }

    /// <summary>Appends a piece; the caller keeps the order.</summary>
    public void Write(ReadOnlySpan<byte> piece, long count) => _writer.Write(piece, count);

    /// <summary>Completes the file. Without it the file is no slice.</summary>
    public PieceSliceSummary Finish()
    {
        _run.EndSegment();
        RunSummary summary = _run.Finish();
        return new PieceSliceSummary(summary.Entries, summary.Total, summary.LengthBytes, _writer.TextBytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Dispose();
        _codec.Dispose();
    }
}

namespace Bytemill.Training;

/// <summary>Reads a slice: pieces in byte order with their counts.</summary>
public sealed class PieceSliceReader : IDisposable
{
    private readonly BlockCodec _codec = new();
    private readonly PieceReader _reader;

    /// <exception cref="RunFormatException">The file is damaged or no slice of pieces.</exception>
    public PieceSliceReader(RunOpener slice)
        : this(slice, RunKind.PieceSlice)
    {
    }

    internal PieceSliceReader(RunOpener slice, RunKind kind)
    {
        ArgumentNullException.ThrowIfNull(slice);
        using var source = new RunSource(slice, kind, 0);
        try
        {
            _reader = new PieceReader(source.Open(0, _codec));
        }
        catch
        {
            _codec.Dispose();
            throw;
        }
    }

    /// <summary>Number of pieces in the slice.</summary>
    public long Pieces => _reader.Pieces;

    /// <summary>The piece at hand; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Piece => _reader.Piece;

    /// <summary>How many bytes at its beginning are known to be those of the piece before.</summary>
    internal int Shared => _reader.Shared;

    /// <summary>Its count, at least 1.</summary>
    public long Count => _reader.Count;

    /// <summary>Moves to the next piece; false at the end.</summary>
    public bool Read() => _reader.Read();

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _codec.Dispose();
    }
}

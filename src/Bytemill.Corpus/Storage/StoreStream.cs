namespace Bytemill.Corpus;

/// <summary>An open file of a store as a stream; it is disposed with it.</summary>
internal sealed class StoreStream(IStoreFile file, string name) : ForwardStream, INamedFile
{
    private long _position;

    /// <summary>Path of the file.</summary>
    public string Name => name;

    public override bool CanSeek => true;

    public override long Length => file.LengthBytes;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override int Read(Span<byte> buffer)
    {
        int read = buffer.IsEmpty || _position >= Length ? 0 : file.Read(_position, buffer);
        _position += read;
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        long position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Length + offset,
        };
        ArgumentOutOfRangeException.ThrowIfNegative(position, nameof(offset));
        return _position = position;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}

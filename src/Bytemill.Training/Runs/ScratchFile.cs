namespace Bytemill.Training;

/// <summary>A work file kept in a scratch stream: written once, then opened any number of times. Gone when disposed.</summary>
internal sealed class ScratchFile : IDisposable
{
    private readonly Stream _stream;

    public ScratchFile(IScratchSpace scratch, Action<Stream> write)
    {
        _stream = scratch.Create();
        try
        {
            write(_stream);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    public RunOpener Open => () => new View(_stream);

    public void Dispose() => _stream.Dispose();

    /// <summary>Reads the shared stream at a position of its own.</summary>
    private sealed class View(Stream shared) : Stream
    {
        private readonly long _length = shared.Length;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => _length;

        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            lock (shared)
            {
                shared.Position = Position;
                int read = shared.Read(buffer);
                Position += read;
                return read;
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => _length + offset,
        };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

namespace Bytemill.Tokenization;

/// <summary>Passes on what is written, and takes its checksum.</summary>
internal sealed class Crc32CStream(Stream output) : Stream
{
    private uint _state = Crc32C.Initial;

    /// <summary>CRC-32C of all that was written so far.</summary>
    public uint Checksum => Crc32C.Finish(_state);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() => output.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _state = Crc32C.Append(_state, buffer);
        output.Write(buffer);
    }
}

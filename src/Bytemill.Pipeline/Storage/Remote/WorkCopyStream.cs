using System.Buffers;
using Bytemill.Corpus;
using Bytemill.Training;
using Microsoft.Win32.SafeHandles;

namespace Bytemill.Pipeline;

/// <summary>Reads a work file of an object store through its copy on this node, which gets what is read and what is announced.</summary>
internal sealed class WorkCopyStream : Stream, IReadAhead, INamedFile
{
    private const int BufferBytes = 1 << 16;

    private readonly WorkCopies _copies;
    private readonly WorkCopy _copy;
    private readonly SafeFileHandle _file;
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private long _bufferStart;
    private int _bufferLength;
    private long _position;

    // Up to which bytes were announced.
    private long _announcedEnd;

    /// <param name="copies">Those of the node.</param>
    /// <param name="copy">Of them, in use; returned when this is disposed.</param>
    public WorkCopyStream(WorkCopies copies, WorkCopy copy)
    {
        (_copies, _copy) = (copies, copy);
        _file = File.OpenHandle(copy.LocalPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    public string Name => _copy.Path;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _copy.LengthBytes;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public void Announce(long position, long lengthBytes)
    {
        _announcedEnd = Math.Min(position + lengthBytes, Length);
        _copy.Request(position, lengthBytes);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position < _bufferStart || _position >= _bufferStart + _bufferLength)
        {
            long end = Math.Min(_position + Math.Max(BufferBytes, buffer.Length), _position < _announcedEnd ? _announcedEnd : Length);
            if (buffer.IsEmpty || _position >= end)
            {
                return 0;
            }

            _copy.Require(_position, end - _position);
            if (buffer.Length >= BufferBytes)
            {
                int read = RandomAccess.Read(_file, buffer[..(int)Math.Min(buffer.Length, end - _position)], _position);
                _position += read;
                return read;
            }

            _bufferStart = _position;
            _bufferLength = RandomAccess.Read(_file, _buffer.AsSpan(0, (int)(end - _position)), _position);
        }

        int offset = (int)(_position - _bufferStart);
        int count = Math.Min(buffer.Length, _bufferLength - offset);
        _buffer.AsSpan(offset, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin)
    {
        long position = offset + origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            _ => Length,
        };
        ArgumentOutOfRangeException.ThrowIfNegative(position, nameof(offset));
        return _position = position;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && _buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
            _file.Dispose();
            _copies.Return(_copy);
        }

        base.Dispose(disposing);
    }
}

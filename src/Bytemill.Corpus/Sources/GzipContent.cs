using System.IO.Compression;

namespace Bytemill.Corpus;

/// <summary>
/// Decompresses gzip, of one or more members, and fails when the file ends before its last member does: <see cref="GZipStream"/> takes
/// a file that was cut short for a shorter one. So another member follows the file, and its content must come out at the end; to data that
/// was cut short it is the continuation, and does not come out as it went in.
/// </summary>
internal sealed class GzipContent : ForwardStream
{
    private const int BufferBytes = 1 << 16;

    private static readonly byte[] s_mark = [.. "\u0000bytemill: the end of the file\u0000"u8];
    private static readonly byte[] s_markMember = Compress(s_mark);

    private readonly GZipStream _gzip;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _filled;
    private bool _isAtEnd;

    /// <param name="file">Disposed with this.</param>
    public GzipContent(Stream file) => _gzip = new GZipStream(new Marked(file), CompressionMode.Decompress);

    /// <exception cref="InvalidDataException">The data is damaged or cut short.</exception>
    public override int Read(Span<byte> buffer)
    {
        // What may be the mark is held back.
        while (!_isAtEnd && _filled - _start <= s_mark.Length)
        {
            _buffer.AsSpan(_start, _filled - _start).CopyTo(_buffer);
            (_start, _filled) = (0, _filled - _start);
            int read = _gzip.Read(_buffer.AsSpan(_filled));
            _filled += read;
            _isAtEnd = read == 0;
        }

        int ready = _filled - _start - s_mark.Length;
        if (_isAtEnd && (ready < 0 || !_buffer.AsSpan(_filled - s_mark.Length, s_mark.Length).SequenceEqual(s_mark)))
        {
            throw new InvalidDataException("the gzip data is cut short, or something else follows it");
        }

        int count = Math.Min(ready, buffer.Length);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] Compress(byte[] content)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.NoCompression))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    /// <summary>A file and the mark behind it.</summary>
    private sealed class Marked(Stream file) : ForwardStream
    {
        private int _markRead = -1;

        public override int Read(Span<byte> buffer)
        {
            if (_markRead < 0)
            {
                int read = file.Read(buffer);
                if (read > 0 || buffer.IsEmpty)
                {
                    return read;
                }

                _markRead = 0;
            }

            ReadOnlySpan<byte> mark = s_markMember.AsSpan(_markRead);
            int count = Math.Min(mark.Length, buffer.Length);
            mark[..count].CopyTo(buffer);
            _markRead += count;
            return count;
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
}

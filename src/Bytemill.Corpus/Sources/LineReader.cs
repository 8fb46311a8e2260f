using System.Buffers;
using ZstdSharp;

namespace Bytemill.Corpus;

/// <summary>Cuts a stretch of a file into lines.</summary>
internal sealed class LineReader : IDisposable
{
    private const int FirstBufferBytes = 1 << 18;
    private const int LongestLine = 1 << 30;

    private readonly string _path;
    private readonly Stream _content;
    private readonly long _end;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
    private int _start;
    private int _filled;
    private bool _isAtEnd;

    // Of _start, in the decompressed content.
    private long _position;

    /// <param name="path">For messages.</param>
    /// <param name="content">Decompressed content from <paramref name="start"/> on; disposed with this.</param>
    /// <param name="start">Lines that begin here or later are read. Unless it is 0, content begins one byte before, and a line that began earlier is left out.</param>
    /// <param name="end">Lines that begin here or later are not read.</param>
    public LineReader(string path, Stream content, long start, long end)
    {
        _path = path;
        _content = content;
        _end = end;
        if (start > 0)
        {
            _position = start - 1;
            _isAtEnd = !TryTake(out _);
        }
        else
        {
            SkipByteOrderMark();
        }
    }

    /// <summary>Lines read so far.</summary>
    public long Lines { get; private set; }

    /// <summary>Where the line read last begins in the decompressed content.</summary>
    public long LineStart { get; private set; }

    /// <summary>Reads the next line, without its end (LF or CR LF).</summary>
    /// <param name="line">Valid until the next call.</param>
    /// <exception cref="CorpusException">The file cannot be read or decompressed, or the line is too long.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        line = default;
        if (_isAtEnd || _position >= _end)
        {
            return false;
        }

        LineStart = _position;
        if (!TryTake(out line))
        {
            _isAtEnd = true;
            return false;
        }

        Lines++;
        if (line is [.., (byte)'\r'])
        {
            line = line[..^1];
        }

        return true;
    }

    public void Dispose()
    {
        _content.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    // False when there is nothing left, not even an empty line.
    private bool TryTake(out ReadOnlySpan<byte> line)
    {
        int looked = _start;
        while (true)
        {
            int at = _buffer.AsSpan(looked, _filled - looked).IndexOf((byte)'\n');
            if (at >= 0)
            {
                line = _buffer.AsSpan(_start, looked + at - _start);
                Advance(line.Length + 1);
                return true;
            }

            int kept = _filled - _start;
            if (!Fill())
            {
                line = _buffer.AsSpan(_start, kept);
                Advance(kept);
                return kept > 0;
            }

            looked = _start + kept;
        }
    }

    private void Advance(int count)
    {
        _start += count;
        _position += count;
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _filled - _start).CopyTo(_buffer);
            (_start, _filled) = (0, _filled - _start);
        }

        if (_filled == _buffer.Length)
        {
            if (_filled >= LongestLine)
            {
                throw new CorpusException(
                    $"{_path}: the line that begins at byte {_position} is longer than {LongestLine} bytes; cut the document.");
            }

            byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(LongestLine, 2L * _buffer.Length));
            _buffer.AsSpan(0, _filled).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        int read;
        try
        {
            read = _content.Read(_buffer.AsSpan(_filled));
        }
        catch (Exception error) when (error is IOException or InvalidDataException or ZstdException or UnauthorizedAccessException)
        {
            throw new CorpusException(
                $"{_path}: line {Lines + 1}: the file cannot be read or decompressed from here on ({error.Message}); write or download it again.", error)
            {
                // Data that ends too early is data; anything else of the system is not.
                Fault = error is (IOException and not EndOfStreamException) or UnauthorizedAccessException ? CorpusFault.Access : CorpusFault.Content,
            };
        }

        _filled += read;
        return read > 0;
    }

    private void SkipByteOrderMark()
    {
        while (_filled < 3 && Fill())
        {
        }

        if (_buffer.AsSpan(0, _filled).StartsWith("\uFEFF"u8))
        {
            Advance(3);
        }
    }
}

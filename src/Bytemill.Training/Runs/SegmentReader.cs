using System.Buffers;

namespace Bytemill.Training;

/// <summary>Reads a segment block by block and checks that it is whole.</summary>
internal sealed class SegmentReader : IDisposable
{
    private readonly Stream _input;
    private readonly BlockCodec _codec;
    private readonly bool _leaveOpen;
    private readonly long _end;
    private byte[] _raw = ArrayPool<byte>.Shared.Rent(SegmentWriter.BlockBytes);
    private long _position;

    /// <summary>Reads segment <paramref name="segment"/>, or all of them as one when it is <see cref="RunSource.AllSegments"/>.</summary>
    public SegmentReader(Stream input, RunFooter footer, int segment, BlockCodec codec, bool leaveOpen)
    {
        if (segment != RunSource.AllSegments && (uint)segment >= (uint)footer.Segments.Length)
        {
            throw RunFormatException.Damaged(input.Length, $"segment {segment} is wanted and it has {footer.Segments.Length}");
        }

        _input = input;
        _codec = codec;
        _leaveOpen = leaveOpen;
        Info = segment == RunSource.AllSegments ? Joined(footer.Segments) : footer.Segments[segment];
        _position = Info.Offset;
        _end = Info.Offset + Info.LengthBytes;
        (input as IReadAhead)?.Announce(Info.Offset, Info.LengthBytes);
    }

    public SegmentInfo Info { get; }

    /// <summary>The next block's bytes, valid until the next call; null at the segment's end.</summary>
    public bool TryReadBlock(out byte[] block, out int length)
    {
        block = _raw;
        length = 0;
        if (_position >= _end)
        {
            return false;
        }

        // Readers of one scratch stream take turns.
        if (_input.Position != _position)
        {
            _input.Position = _position;
        }

        _position += _codec.Read(_input, _position, _end - _position, ref _raw, out length);
        block = _raw;
        return true;
    }

    // Segments lie one behind the other.
    private static SegmentInfo Joined(SegmentInfo[] segments)
    {
        var all = new SegmentInfo(RunWriter.HeaderBytes, 0, 0, 0);
        foreach (SegmentInfo segment in segments)
        {
            all = new SegmentInfo(
                all.Offset, all.LengthBytes + segment.LengthBytes, all.Entries + segment.Entries, checked(all.Total + segment.Total));
        }

        return all;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_raw);
        _raw = [];
        if (!_leaveOpen)
        {
            _input.Dispose();
        }
    }
}

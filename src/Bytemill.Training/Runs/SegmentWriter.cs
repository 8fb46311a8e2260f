using System.Buffers;
using System.Runtime.CompilerServices;

namespace Bytemill.Training;

/// <summary>Collects entries into blocks. An entry never lies across two blocks, and front coding starts anew in each.</summary>
internal sealed class SegmentWriter : IDisposable
{
    public const int BlockBytes = 128 << 10;

    private readonly Stream _output;
    private readonly BlockCodec _codec;
    private byte[] _block = ArrayPool<byte>.Shared.Rent(BlockBytes);
    private int _used;
    private long _written;
    private long _entries;
    private long _total;
    private Action? _beforeFinish;

    public SegmentWriter(Stream output, BlockCodec codec)
    {
        _output = output;
        _codec = codec;
    }

    /// <summary>Whether the next entry is the first of its block. Ask after <see cref="Reserve"/>.</summary>
    public bool IsAtBlockStart => _used == 0;

    /// <summary>Room for an entry of at most <paramref name="bytes"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Reserve(int bytes)
    {
        if (_used + bytes > BlockBytes)
        {
            StartBlock(bytes);
        }

        return _block.AsSpan(_used);
    }

    /// <summary>Ends the entry written into the reserved room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Commit(int bytes, long count)
    {
        _used += bytes;
        _entries++;
        _total = checked(_total + count);
    }

    /// <summary>Writes a block of columns that was filled elsewhere; <paramref name="ends"/> as <see cref="BlockCodec.WriteColumns"/> has it.</summary>
    public void WriteBlock(ReadOnlySpan<byte> raw, ReadOnlySpan<int> ends, long entries, long total)
    {
        FlushBlock();
        _written += _codec.WriteColumns(_output, raw, ends);
        _entries += entries;
        _total = checked(_total + total);
    }

    /// <summary>Has <paramref name="flush"/> called before a segment ends, so that what a writer still holds belongs to it.</summary>
    public void BeforeFinish(Action flush) => _beforeFinish += flush;

    /// <summary>Flushes and starts counting anew for a next segment.</summary>
    /// <param name="offset">Where this segment began in the file.</param>
    public SegmentInfo Finish(long offset)
    {
        _beforeFinish?.Invoke();
        FlushBlock();
        var info = new SegmentInfo(offset, _written, _entries, _total);
        (_written, _entries, _total) = (0, 0, 0);
        return info;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_block);
        _block = [];
    }

    private void StartBlock(int bytes)
    {
        FlushBlock();
        if (bytes > _block.Length)
        {
            ArrayPool<byte>.Shared.Return(_block);
            _block = ArrayPool<byte>.Shared.Rent(bytes);
        }
    }

    private void FlushBlock()
    {
        if (_used > 0)
        {
            _written += _codec.Write(_output, _block.AsSpan(0, _used));
            _used = 0;
        }
    }
}

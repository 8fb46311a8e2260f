using System.Buffers;

namespace Bytemill.Tokenization;

/// <summary>Counts what is written and forgets it.</summary>
internal sealed class CountingWriter : IBufferWriter<int>
{
    private int[] _buffer = new int[1024];

    public long Count { get; set; }

    public void Advance(int count) => Count += count;

    public Memory<int> GetMemory(int sizeHint = 0)
    {
        if (sizeHint > _buffer.Length)
        {
            _buffer = new int[Math.Max(sizeHint, 2 * _buffer.Length)];
        }

        return _buffer;
    }

    public Span<int> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}

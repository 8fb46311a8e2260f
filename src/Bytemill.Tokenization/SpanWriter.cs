using System.Buffers;

namespace Bytemill.Tokenization;

/// <summary>
/// Writes into pinned memory of a caller as long as there is room, then counts on. One for each thread; whoever finds it
/// taken (a writer within a writer) gets a new one.
/// </summary>
internal sealed unsafe class SpanWriter : IBufferWriter<int>
{
    [ThreadStatic]
    private static SpanWriter? s_idle;

    private int[] _scratch = new int[256];
    private int* _start;
    private int _length;
    private bool _inScratch;

    private SpanWriter()
    {
    }

    /// <summary>Ids written; only meaningful when <see cref="Fits"/>.</summary>
    public int Count { get; private set; }

    public bool Fits { get; private set; }

    public static SpanWriter Take()
    {
        SpanWriter writer = s_idle ?? new SpanWriter();
        s_idle = null;
        return writer;
    }

    /// <summary>Begins to write to <paramref name="start"/>, which stays pinned until <see cref="GiveBack"/>.</summary>
    public void Begin(int* start, int length)
    {
        _start = start;
        _length = length;
        Count = 0;
        Fits = true;
    }

    public void GiveBack()
    {
        _start = null;
        _length = 0;
        s_idle = this;
    }

    public Span<int> GetSpan(int sizeHint = 0)
    {
        int room = _length - Count;
        _inScratch = !Fits || room < Math.Max(1, sizeHint);
        // SAFETY: Count <= _length, and the memory is pinned between Begin and GiveBack.
        return _inScratch ? Scratch(sizeHint) : new Span<int>(_start + Count, room);
    }

    public Memory<int> GetMemory(int sizeHint = 0)
    {
        _inScratch = true;
        return Scratch(sizeHint);
    }

    public void Advance(int count)
    {
        if (count > _length - Count)
        {
            Fits = false;
        }

        if (Fits)
        {
            // More room was asked for than there is, or less was used.
            if (_inScratch)
            {
                _scratch.AsSpan(0, count).CopyTo(new Span<int>(_start + Count, count));
            }

            Count += count;
        }
    }

    private int[] Scratch(int sizeHint)
    {
        if (sizeHint > _scratch.Length)
        {
            _scratch = new int[Math.Max(sizeHint, 2 * _scratch.Length)];
        }

        return _scratch;
    }
}

namespace Bytemill.Training;

/// <summary>A growing array of records of one size that keeps a bounded number of pages in memory and the others in a scratch stream.</summary>
internal sealed class PagedStore : IDisposable
{
    private const int PageBytesAbout = 64 << 10;

    private readonly Stream _stream;
    private readonly int _recordBytes;
    private readonly int _pageShift;
    private readonly int _pageBytes;
    private readonly int _maxFrames;
    private readonly List<int> _frameOf = [];
    private readonly List<Frame> _frames = [];
    private int _hand;
    private long _lastPage = -1;
    private int _lastFrame;

    public PagedStore(IScratchSpace scratch, int recordBytes, long cacheBytes)
    {
        _stream = scratch.Create();
        _recordBytes = recordBytes;
        while (recordBytes << _pageShift < PageBytesAbout)
        {
            _pageShift++;
        }

        _pageBytes = recordBytes << _pageShift;
        _maxFrames = (int)Math.Clamp(cacheBytes / _pageBytes, 4, 1 << 20);
    }

    /// <summary>Records up to and including the highest one written.</summary>
    public long Count { get; private set; }

    /// <summary>A record to read; valid until the next call.</summary>
    public ReadOnlySpan<byte> Read(long id) => Page(id, forWriting: false);

    /// <summary>A record to change; valid until the next call. One that was never written is zero.</summary>
    public Span<byte> Write(long id)
    {
        Count = Math.Max(Count, id + 1);
        return Page(id, forWriting: true);
    }

    /// <summary>Reads many records.</summary>
    public void CopyTo(long id, Span<byte> records)
    {
        while (records.Length > 0)
        {
            int first = (int)(id & ((1L << _pageShift) - 1));
            Page(id, forWriting: false);
            ReadOnlySpan<byte> here = _frames[_lastFrame].Bytes.AsSpan(first * _recordBytes);
            int length = Math.Min(here.Length, records.Length);
            here[..length].CopyTo(records);
            records = records[length..];
            id += length / _recordBytes;
        }
    }

    /// <summary>Hands out all records in order, many at a time.</summary>
    public void ForEachPage(ReadOnlySpanAction consume)
    {
        for (long id = 0; id < Count; id += 1L << _pageShift)
        {
            int records = (int)Math.Min(1L << _pageShift, Count - id);
            consume(_frames[FrameOf(id >> _pageShift)].Bytes.AsSpan(0, records * _recordBytes));
        }
    }

    public void Dispose() => _stream.Dispose();

    private Span<byte> Page(long id, bool forWriting)
    {
        long page = id >> _pageShift;
        if (page != _lastPage)
        {
            _lastFrame = FrameOf(page);
            _lastPage = page;
        }

        Frame frame = _frames[_lastFrame];
        frame.IsUsed = true;
        frame.IsDirty |= forWriting;
        return frame.Bytes.AsSpan((int)(id & ((1L << _pageShift) - 1)) * _recordBytes, _recordBytes);
    }

    private int FrameOf(long page)
    {
        while (_frameOf.Count <= page)
        {
            _frameOf.Add(-1);
        }

        int index = _frameOf[(int)page];
        if (index >= 0)
        {
            return index;
        }

        if (_frames.Count < _maxFrames)
        {
            index = _frames.Count;
            _frames.Add(new Frame(_pageBytes));
        }
        else
        {
            // The clock: a frame used since the hand last passed gets a second chance.
            while (_frames[_hand].IsUsed)
            {
                _frames[_hand].IsUsed = false;
                _hand = (_hand + 1) % _frames.Count;
            }

            index = _hand;
            _hand = (_hand + 1) % _frames.Count;
            Evict(_frames[index]);
        }

        Load(_frames[index], page);
        _frameOf[(int)page] = index;
        _lastPage = -1;
        return index;
    }

    private void Evict(Frame frame)
    {
        if (frame.IsDirty)
        {
            _stream.Position = frame.Page * _pageBytes;
            _stream.Write(frame.Bytes);
            frame.IsDirty = false;
        }

        _frameOf[(int)frame.Page] = -1;
    }

    private void Load(Frame frame, long page)
    {
        frame.Page = page;
        frame.IsUsed = true;
        long offset = page * _pageBytes;
        int read = 0;
        if (offset < _stream.Length)
        {
            _stream.Position = offset;
            read = _stream.ReadAtLeast(frame.Bytes, _pageBytes, throwOnEndOfStream: false);
        }

        frame.Bytes.AsSpan(read).Clear();
    }

    /// <summary>Takes a run of records.</summary>
    public delegate void ReadOnlySpanAction(ReadOnlySpan<byte> records);

    private sealed class Frame(int bytes)
    {
        public readonly byte[] Bytes = new byte[bytes];
        public long Page = -1;
        public bool IsDirty;
        public bool IsUsed;
    }
}

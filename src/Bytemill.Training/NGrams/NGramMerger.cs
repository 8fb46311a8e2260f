namespace Bytemill.Training;

/// <summary>The union of sorted n-gram streams; counts of the same n-gram are added up, checked.</summary>
internal sealed class NGramMerger : IDisposable
{
    private readonly NGramReader[] _readers;

    // A binary heap of readers by (key, length); ties need no order, sums commute.
    private readonly NGramReader[] _heap;
    private int _size;

    public NGramMerger(IEnumerable<NGramReader> readers)
    {
        _readers = [.. readers];
        _heap = new NGramReader[_readers.Length];
        foreach (NGramReader reader in _readers)
        {
            if (reader.Read())
            {
                _heap[_size++] = reader;
            }
        }

        for (int i = (_size / 2) - 1; i >= 0; i--)
        {
            SiftDown(i);
        }
    }

    public ulong Key { get; private set; }

    public int Length { get; private set; }

    public long Count { get; private set; }

    /// <summary>Opens the same segment of several runs; none stays open when one fails.</summary>
    public static NGramMerger Open(IReadOnlyList<RunSource> sources, int segment, BlockCodec codec)
    {
        var readers = new List<NGramReader>(sources.Count);
        try
        {
            foreach (RunSource source in sources)
            {
                readers.Add(new NGramReader(source.Open(segment, codec)));
            }

            return new NGramMerger(readers);
        }
        catch
        {
            readers.ForEach(reader => reader.Dispose());
            throw;
        }
    }

    /// <summary>Moves to the next distinct n-gram; false at the end.</summary>
    public bool Next()
    {
        if (_size == 0)
        {
            return false;
        }

        NGramReader top = _heap[0];
        Key = top.Key;
        Length = top.Length;
        Count = top.Count;
        Advance();
        while (_size > 0 && _heap[0].Key == Key && _heap[0].Length == Length)
        {
            Count = checked(Count + _heap[0].Count);
            Advance();
        }

        return true;
    }

    public void Dispose()
    {
        foreach (NGramReader reader in _readers)
        {
            reader.Dispose();
        }
    }

    private void Advance()
    {
        if (!_heap[0].Read())
        {
            _heap[0] = _heap[--_size];
            if (_size == 0)
            {
                return;
            }
        }

        SiftDown(0);
    }

    private void SiftDown(int index)
    {
        NGramReader moved = _heap[index];
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= _size)
            {
                break;
            }

            if (child + 1 < _size && IsLess(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!IsLess(_heap[child], moved))
            {
                break;
            }

            _heap[index] = _heap[child];
            index = child;
        }

        _heap[index] = moved;
    }

    private static bool IsLess(NGramReader a, NGramReader b) => a.Key < b.Key || (a.Key == b.Key && a.Length < b.Length);
}

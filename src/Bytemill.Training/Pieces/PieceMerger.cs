namespace Bytemill.Training;

/// <summary>The union of piece streams in one order; counts of equal entries that follow one another are added up, checked.</summary>
internal sealed class PieceMerger<TOrder> : IDisposable
    where TOrder : struct, IPieceOrder
{
    private readonly PieceReader[] _readers;
    private readonly PieceReader[] _heap;
    private byte[] _piece = new byte[256];
    private int _length;
    private int _size;

    public PieceMerger(IEnumerable<PieceReader> readers)
    {
        _readers = [.. readers];
        _heap = new PieceReader[_readers.Length];
        foreach (PieceReader reader in _readers)
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

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Piece => _piece.AsSpan(0, _length);

    public long Count { get; private set; }

    /// <summary>Opens the same segment of several runs; none stays open when one fails.</summary>
    public static PieceMerger<TOrder> Open(IReadOnlyList<RunSource> sources, int segment, BlockCodec codec)
    {
        var readers = new List<PieceReader>(sources.Count);
        try
        {
            foreach (RunSource source in sources)
            {
                readers.Add(new PieceReader(source.Open(segment, codec)));
            }

            return new PieceMerger<TOrder>(readers);
        }
        catch
        {
            readers.ForEach(reader => reader.Dispose());
            throw;
        }
    }

    public bool Next()
    {
        if (_size == 0)
        {
            return false;
        }

        PieceReader top = _heap[0];
        if (_piece.Length < top.Piece.Length)
        {
            _piece = new byte[Math.Max(2 * _piece.Length, top.Piece.Length)];
        }

        top.Piece.CopyTo(_piece);
        _length = top.Piece.Length;
        Count = top.Count;
        Advance();
        while (_size > 0 && _heap[0].Piece.SequenceEqual(Piece))
        {
            Count = checked(Count + _heap[0].Count);
            Advance();
        }

        return true;
    }

    public void Dispose()
    {
        foreach (PieceReader reader in _readers)
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
        PieceReader moved = _heap[index];
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= _size)
            {
                break;
            }

            if (child + 1 < _size && TOrder.Compare(_heap[child + 1], _heap[child]) < 0)
            {
                child++;
            }

            if (TOrder.Compare(_heap[child], moved) >= 0)
            {
                break;
            }

            _heap[index] = _heap[child];
            index = child;
        }

        _heap[index] = moved;
    }
}

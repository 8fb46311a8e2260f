namespace Bytemill.Training;

/// <summary>All n-grams of one length in order: the slices one after another, and the border prefixes where they belong.</summary>
internal sealed class NGramLevelReader : IDisposable
{
    private readonly IReadOnlyList<RunOpener> _slices;
    private readonly int _length;
    private readonly IReadOnlyList<(ulong Key, long Count)> _borders;
    private readonly BlockCodec _codec;
    private NGramReader? _reader;
    private int _nextSlice;
    private int _nextBorder;
    private bool _hasEntry;
    private bool _isFirst = true;

    /// <param name="slices">In shard order.</param>
    /// <param name="length">Of the n-grams.</param>
    /// <param name="borders">Prefixes of this length with their whole counts, ascending.</param>
    /// <param name="codec">Shared by the readers of a thread.</param>
    public NGramLevelReader(IReadOnlyList<RunOpener> slices, int length, IReadOnlyList<(ulong Key, long Count)> borders, BlockCodec codec)
    {
        (_slices, _length, _borders, _codec) = (slices, length, borders, codec);
        _hasEntry = Advance();
    }

    public ulong Key { get; private set; }

    public long Count { get; private set; }

    public bool Read()
    {
        ulong before = Key;
        bool hasBorder = _nextBorder < _borders.Count;
        if (_hasEntry && (!hasBorder || _reader!.Key < _borders[_nextBorder].Key))
        {
            (Key, Count) = (_reader!.Key, _reader.Count);
            _hasEntry = Advance();
        }
        else if (hasBorder)
        {
            (Key, Count) = _borders[_nextBorder++];
        }
        else
        {
            return false;
        }

        if (!_isFirst && Key <= before)
        {
            throw RunFormatException.Damaged(0, $"n-grams of {_length} bytes do not ascend; slices are out of order or repeated");
        }

        _isFirst = false;
        return true;
    }

    public void Dispose() => _reader?.Dispose();

    private bool Advance()
    {
        while (true)
        {
            if (_reader is not null)
            {
                if (_reader.Read())
                {
                    return _reader.Length == _length
                        ? true
                        : throw RunFormatException.Damaged(0, $"an n-gram of {_reader.Length} bytes among those of {_length}");
                }

                _reader.Dispose();
                _reader = null;
            }

            if (_nextSlice == _slices.Count)
            {
                return false;
            }

            using var source = new RunSource(_slices[_nextSlice++], RunKind.NGramSlice, _length - 1);
            _reader = new NGramReader(source.Open(0, _codec));
        }
    }
}

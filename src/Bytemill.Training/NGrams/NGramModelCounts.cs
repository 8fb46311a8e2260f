using Bytemill.Tokenization;

namespace Bytemill.Training;

/// <summary>The distinct counts of a model, and the index of each: its rank from 1.</summary>
internal sealed class NGramModelCounts
{
    private const int Small = 1 << 16;

    private readonly bool[] _isSmall = new bool[Small];
    private readonly HashSet<long> _large = [];
    private readonly int[] _smallIndexes = new int[Small];
    private long[] _sorted = [];

    public ReadOnlySpan<long> Sorted => _sorted;

    public void Add(ReadOnlySpan<long> counts)
    {
        foreach (long count in counts)
        {
            Add(count);
        }
    }

    public void Add(long count)
    {
        if ((ulong)count < Small)
        {
            _isSmall[count] = true;
        }
        else
        {
            _large.Add(count);
        }
    }

    public void Add(NGramModelCounts other)
    {
        for (int i = 0; i < Small; i++)
        {
            _isSmall[i] |= other._isSmall[i];
        }

        _large.UnionWith(other._large);
    }

    /// <summary>Gives out the indexes; nothing can be added afterwards.</summary>
    /// <exception cref="InvalidOperationException">More than 2²⁸ distinct counts.</exception>
    public void Rank()
    {
        int small = _isSmall.Count(isThere => isThere);
        if ((long)small + _large.Count >= Array.MaxLength / sizeof(long))
        {
            throw new InvalidOperationException("An n-gram model holds at most 2^28 distinct counts; raise the smallest count.");
        }

        _sorted = new long[small + _large.Count];
        int used = 0;
        for (int i = 0; i < Small; i++)
        {
            if (_isSmall[i])
            {
                _sorted[used++] = i;
                _smallIndexes[i] = used;
            }
        }

        _large.CopyTo(_sorted, used);
        Array.Sort(_sorted, used, _large.Count);
        _large.Clear();
    }

    public uint IndexOf(long count) =>
        (ulong)count < Small ? (uint)_smallIndexes[count] : (uint)(Array.BinarySearch(_sorted, count) + 1);

    /// <summary>Logarithms by index, −∞ first.</summary>
    public double[] Logs()
    {
        double[] logs = new double[_sorted.Length + 1];
        logs[0] = double.NegativeInfinity;
        for (int i = 0; i < _sorted.Length; i++)
        {
            logs[i + 1] = ExactLog.Ln(_sorted[i]);
        }

        return logs;
    }
}

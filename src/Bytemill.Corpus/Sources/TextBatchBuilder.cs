using System.Buffers;

namespace Bytemill.Corpus;

/// <summary>Collects rows one by one into a batch.</summary>
internal sealed class TextBatchBuilder : IDisposable
{
    private const int FirstBytes = 1 << 16;
    private const int Null = -1;

    // Of a row, besides its text.
    private const int RowBytes = 40;

    private readonly long _firstRow;
    private readonly List<(int Start, int Length)>[] _columns;
    private readonly List<bool> _isTaken = [];
    private readonly List<RowFault> _faults = [];
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _used;

    /// <param name="firstRow">0-based index of the first row in its group.</param>
    /// <param name="keptColumns">Columns beside the text.</param>
    public TextBatchBuilder(long firstRow, int keptColumns)
    {
        _firstRow = firstRow;
        _columns = [.. Enumerable.Range(0, keptColumns + 1).Select(_ => new List<(int, int)>())];
    }

    public int RowCount => _columns[0].Count;

    /// <summary>Memory taken so far.</summary>
    public long Bytes => _used + ((long)RowCount * RowBytes * _columns.Length);

    /// <summary>Taken rows that were no UTF-8.</summary>
    public int InvalidRows { get; set; }

    /// <summary>Begins a row that is taken.</summary>
    public void AddText(ReadOnlySpan<byte> text, bool isNull)
    {
        _isTaken.Add(true);
        _columns[0].Add(Store(text, isNull));
    }

    /// <summary>Adds a row that is not taken.</summary>
    public void PassOver()
    {
        _isTaken.Add(false);
        Array.ForEach(_columns, column => column.Add((0, Null)));
    }

    /// <summary>Adds a row that is to be left out.</summary>
    public void LeaveOut(RowFault fault)
    {
        _faults.Add(fault);
        PassOver();
    }

    /// <summary>Adds a column of the row begun last.</summary>
    public void AddKept(int column, ReadOnlySpan<byte> value, bool isNull) => _columns[column + 1].Add(Store(value, isNull));

    /// <summary>The batch; the builder is empty afterwards.</summary>
    public TextBatch Build()
    {
        ReadOnlyMemory<byte>?[][] kept = [.. _columns.Skip(1).Select(column => column.Select(Value).ToArray())];
        TextBatch batch = TextBatch.FromRows(_firstRow, [.. _columns[0].Select(Value)], kept, [.. _isTaken], _bytes, _faults, InvalidRows);
        _bytes = [];
        return batch;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }

    private ReadOnlyMemory<byte>? Value((int Start, int Length) place) =>
        place.Length == Null ? default(ReadOnlyMemory<byte>?) : _bytes.AsMemory(place.Start, place.Length);

    private (int Start, int Length) Store(ReadOnlySpan<byte> value, bool isNull)
    {
        if (isNull)
        {
            return (0, Null);
        }

        if (_bytes.Length - _used < value.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(checked((int)Math.Min(Array.MaxLength, Math.Max(2L * _bytes.Length, (long)_used + value.Length))));
            _bytes.AsSpan(0, _used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        value.CopyTo(_bytes.AsSpan(_used));
        int start = _used;
        _used += value.Length;
        return (start, value.Length);
    }
}

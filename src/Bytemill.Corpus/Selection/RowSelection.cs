using System.Collections;
using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>The rows of a group that are taken.</summary>
public sealed class RowSelection
{
    private readonly BitArray? _rows;

    // Of a group whose number of rows is not known; ascending and apart.
    private readonly ImmutableArray<RowRange> _except = [];

    private RowSelection(BitArray? rows, long end, long? count) => (_rows, End, Count) = (rows, end, count);

    private RowSelection(RowSelection rows, ImmutableArray<RowRange> except)
        : this(rows._rows, rows.End, rows.Count) => _except = except;

    /// <summary>All rows.</summary>
    public static RowSelection All { get; } = new(null, long.MaxValue, null);

    /// <summary>Rows from here on are not taken.</summary>
    public long End { get; }

    /// <summary>Rows taken; null for all, and for the first ones, unless they are none.</summary>
    public long? Count { get; }

    /// <summary>The first rows of a group.</summary>
    /// <param name="rows">How many.</param>
    public static RowSelection First(long rows) => new(null, rows, rows == 0 ? 0 : null);

    /// <summary>Rows of a group by their marks.</summary>
    /// <param name="rows">A mark for each row.</param>
    internal static RowSelection Of(BitArray rows)
    {
        long count = 0;
        for (int row = 0; row < rows.Length; row++)
        {
            count += rows[row] ? 1 : 0;
        }

        return count == rows.Length ? All : new RowSelection(rows, rows.Length, count);
    }

    /// <summary>These rows without those that are left out.</summary>
    /// <param name="faults">Rows that are.</param>
    /// <param name="groupRows">Rows of the group; <see cref="RowGroupInfo.UnknownRows"/> where nobody knows.</param>
    public RowSelection Except(ImmutableArray<RowFaults> faults, long groupRows)
    {
        if (faults.IsEmpty || Count == 0)
        {
            return this;
        }

        if (groupRows == RowGroupInfo.UnknownRows)
        {
            return new RowSelection(this, [.. faults.SelectMany(fault => fault.Rows).OrderBy(range => range.First)]);
        }

        var rows = new BitArray((int)groupRows);
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row] = Takes(row);
        }

        foreach (RowRange range in faults.SelectMany(fault => fault.Rows))
        {
            for (long row = range.First; row < range.End; row++)
            {
                rows[(int)row] = false;
            }
        }

        return Of(rows);
    }

    /// <summary>Whether a row is taken.</summary>
    /// <param name="row">0-based index in the group.</param>
    public bool Takes(long row) => row < End && (_rows is null || _rows[(int)row]) && !IsExcepted(row);

    private bool IsExcepted(long row)
    {
        (int low, int high) = (0, _except.Length);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _except[middle].End <= row ? (middle + 1, high) : (low, middle);
        }

        return low < _except.Length && _except[low].First <= row;
    }

    /// <summary>Whether any of some rows is taken.</summary>
    internal bool TakesAny(long first, long count)
    {
        if (_rows is null)
        {
            return first < End;
        }

        for (long row = first; row < first + count; row++)
        {
            if (_rows[(int)row])
            {
                return true;
            }
        }

        return false;
    }
}

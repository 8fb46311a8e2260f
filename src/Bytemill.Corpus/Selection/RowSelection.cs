using System.Collections;

namespace Bytemill.Corpus;

/// <summary>The rows of a group that are taken.</summary>
public sealed class RowSelection
{
    private readonly BitArray? _rows;

    private RowSelection(BitArray? rows, long end, long? count) => (_rows, End, Count) = (rows, end, count);

    /// <summary>All rows.</summary>
    public static RowSelection All { get; } = new(null, long.MaxValue, null);

    /// <summary>Rows from here on are not taken.</summary>
    public long End { get; }

    /// <summary>Rows taken; null for all, and for the first ones, unless they are none.</summary>
    public long? Count { get; }

    /// <summary>Whether all rows before <see cref="End"/> are taken.</summary>
    public bool IsPrefix => _rows is null;

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

    /// <summary>Whether a row is taken.</summary>
    /// <param name="row">0-based index in the group.</param>
    public bool Takes(long row) => row < End && (_rows is null || _rows[(int)row]);

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

using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Bytemill.Corpus;

/// <summary>The text of a group of rows or of some rows of it: valid UTF-8 or null per row. Spans are valid until it is disposed.</summary>
public sealed class TextBatch : IDisposable
{
    // Stands where the decoder has not written; every decoded value is another object.
    private static readonly byte[] s_unwritten = new byte[1];

    internal const string InvalidUtf8Advice = "Convert or remove the row, or choose with --invalid-utf8 what becomes of such rows.";

    private readonly int _maxDefinitionLevel;
    private ReadOnlyMemory<byte>[]? _values;
    private int[]? _levels;
    private byte[]? _pooled;
    private ReadOnlyMemory<byte>?[][] _kept = [];
    private RowSelection _selection = RowSelection.All;
    private bool[]? _isTaken;

    internal TextBatch(int rowCount, int maxDefinitionLevel)
    {
        RowCount = rowCount;
        _maxDefinitionLevel = maxDefinitionLevel;
        _values = ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(rowCount);
        Array.Fill(_values, s_unwritten, 0, rowCount);
        if (maxDefinitionLevel > 0)
        {
            // Room for whole groups of eight levels, as they are unpacked.
            _levels = ArrayPool<int>.Shared.Rent(rowCount + 8);
            _levels.AsSpan().Clear();
        }
    }

    /// <summary>A batch of rows that are there already.</summary>
    /// <param name="firstRow">As <see cref="FirstRow"/>.</param>
    /// <param name="text">Text of each row, checked to be UTF-8.</param>
    /// <param name="kept">Columns beside the text, each as long.</param>
    /// <param name="isTaken">Whether each row is taken.</param>
    /// <param name="pooled">What text and columns lie in; goes back to the pool with the batch.</param>
    /// <param name="faults">As <see cref="Faults"/>.</param>
    /// <param name="invalidRows">As <see cref="InvalidRows"/>.</param>
    internal static TextBatch FromRows(
        long firstRow,
        ReadOnlyMemory<byte>?[] text,
        ReadOnlyMemory<byte>?[][] kept,
        bool[] isTaken,
        byte[] pooled,
        IReadOnlyList<RowFault> faults,
        int invalidRows)
    {
        TextBatch batch = new(text.Length, maxDefinitionLevel: 1)
        {
            FirstRow = firstRow,
            Faults = faults,
            InvalidRows = invalidRows,
            _kept = kept,
            _isTaken = isTaken,
            _pooled = pooled,
        };
        for (int row = 0; row < text.Length; row++)
        {
            batch._values![row] = text[row] ?? default;
            batch._levels![row] = text[row] is null ? 0 : 1;
            batch.TotalBytes += batch._values[row].Length;
        }

        return batch;
    }

    /// <summary>Rows, nulls included.</summary>
    public int RowCount { get; }

    /// <summary>0-based index in its row group of the first row.</summary>
    public long FirstRow { get; internal init; }

    /// <summary>Bytes of text of all rows.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>Rows to be left out, in order; they are not taken. None unless <see cref="SourceOptions.ReportsFaults"/> asks for them.</summary>
    public IReadOnlyList<RowFault> Faults { get; private set; } = [];

    /// <summary>Taken rows whose text was no UTF-8 and was replaced or kept.</summary>
    public int InvalidRows { get; private set; }

    /// <summary>The rows of its group that are taken.</summary>
    internal RowSelection Selection
    {
        init => _selection = value;
    }

    internal Memory<ReadOnlyMemory<byte>> Values => _values.AsMemory(0, RowCount);

    // Without the type, null would become an empty buffer.
    internal Memory<int>? DefinitionLevels => _levels is null ? default(Memory<int>?) : _levels.AsMemory(0, RowCount + 8);

    /// <summary>The text of a row; empty when it is null.</summary>
    /// <param name="row">0-based index in the batch.</param>
    /// <exception cref="ObjectDisposedException">The batch was disposed.</exception>
    public ReadOnlySpan<byte> this[int row] => Memory(row).Span;

    /// <summary>The text of a row as memory; empty when it is null.</summary>
    /// <param name="row">0-based index in the batch.</param>
    /// <exception cref="ObjectDisposedException">The batch was disposed.</exception>
    public ReadOnlyMemory<byte> Memory(int row)
    {
        ObjectDisposedException.ThrowIf(_values is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)RowCount, nameof(row));
        return _values[row];
    }

    /// <summary>Whether a row is wanted at all; the text of others may be missing.</summary>
    /// <param name="row">0-based index in the batch.</param>
    public bool IsTaken(int row) => _isTaken is null ? _selection.Takes(FirstRow + row) : _isTaken[row];

    /// <summary>Whether the row has no text. In a nested column also when a struct around it is null.</summary>
    /// <param name="row">0-based index in the batch.</param>
    /// <exception cref="ObjectDisposedException">The batch was disposed.</exception>
    public bool IsNull(int row)
    {
        ObjectDisposedException.ThrowIf(_values is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)RowCount, nameof(row));
        return _levels is not null && _levels[row] < _maxDefinitionLevel;
    }

    /// <summary>How many rows are taken.</summary>
    public int CountTaken()
    {
        int count = 0;
        for (int row = 0; row < RowCount; row++)
        {
            count += IsTaken(row) ? 1 : 0;
        }

        return count;
    }

    /// <summary>A property of JSON lines that was asked for with <see cref="SourceOptions.Keep"/>; null when it is.</summary>
    /// <param name="column">0-based index in <see cref="SourceOptions.Keep"/>.</param>
    /// <param name="row">0-based index in the batch.</param>
    /// <exception cref="ObjectDisposedException">The batch was disposed.</exception>
    public ReadOnlyMemory<byte>? Kept(int column, int row)
    {
        ObjectDisposedException.ThrowIf(_values is null, this);
        return _kept[column][row];
    }

    /// <summary>Gives the buffers back.</summary>
    public void Dispose()
    {
        if (_pooled is not null)
        {
            ArrayPool<byte>.Shared.Return(_pooled);
            _pooled = null;
        }

        if (_values is not null)
        {
            // Cleared, so that the pool does not keep the text alive.
            ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(_values, clearArray: true);
            _values = null;
        }

        if (_levels is not null)
        {
            ArrayPool<int>.Shared.Return(_levels);
            _levels = null;
        }
    }

    /// <summary>Moves the decoded values, which come without gaps, to their rows.</summary>
    /// <returns>Number of rows that are not null.</returns>
    /// <exception cref="CorpusException">The decoder wrote another number of values than the levels say.</exception>
    internal int Arrange(string where)
    {
        Span<ReadOnlyMemory<byte>> values = Values.Span;
        int present = RowCount;
        if (_levels is not null)
        {
            present = 0;
            foreach (int level in _levels.AsSpan(0, RowCount))
            {
                if ((uint)level > (uint)_maxDefinitionLevel)
                {
                    throw PageWalker.Damaged(where, $"a definition level is {level}, more than {_maxDefinitionLevel}");
                }

                present += level == _maxDefinitionLevel ? 1 : 0;
            }
        }

        if ((present > 0 && IsUnwritten(values[present - 1])) || (present < RowCount && !IsUnwritten(values[present])))
        {
            throw PageWalker.Damaged(where, "its pages hold another number of values than their levels say");
        }

        long total = 0;
        int next = present;
        for (int row = RowCount - 1; row >= 0; row--)
        {
            values[row] = IsNull(row) ? default : values[--next];
            total += values[row].Length;
        }

        TotalBytes = total;
        return present;
    }

    /// <summary>Does what the options say with text that is no UTF-8.</summary>
    /// <param name="options">The options.</param>
    /// <param name="where">File, row group and column, for messages.</param>
    /// <param name="rowsBefore">Rows in the file before the row group.</param>
    /// <exception cref="CorpusException">A row is no UTF-8, and that is an error.</exception>
    internal void CheckUtf8(SourceOptions options, string where, long rowsBefore)
    {
        List<RowFault> faults = [];
        for (int row = 0; row < RowCount; row++)
        {
            ReadOnlySpan<byte> text = this[row];
            if (Utf8.IsValid(text) || !IsTaken(row))
            {
                continue;
            }

            switch (options.InvalidUtf8)
            {
                case InvalidUtf8Handling.Keep:
                    InvalidRows++;
                    break;
                case InvalidUtf8Handling.Replace:
                    InvalidRows++;
                    byte[] replaced = Utf8Text.Replace(text);
                    TotalBytes += replaced.Length - text.Length;
                    _values![row] = replaced;
                    break;
                case InvalidUtf8Handling.SkipRow when options.ReportsFaults:
                    faults.Add(new RowFault(FirstRow + row, RowFaultKind.InvalidUtf8, text.Length, Utf8Text.Describe(text)));
                    break;
                default:
                    throw new CorpusException(
                        $"{where}, row {FirstRow + row} (row {rowsBefore + FirstRow + row} of the file, both from 0): {Utf8Text.Describe(text)}. "
                        + InvalidUtf8Advice)
                    { Fault = CorpusFault.InvalidUtf8 };
            }
        }

        if (faults.Count > 0)
        {
            bool[] isTaken = [.. Enumerable.Range(0, RowCount).Select(IsTaken)];
            faults.ForEach(fault => isTaken[fault.Row - FirstRow] = false);
            (_isTaken, Faults) = (isTaken, faults);
        }
    }

    private static bool IsUnwritten(ReadOnlyMemory<byte> value) =>
        MemoryMarshal.TryGetArray(value, out ArraySegment<byte> segment) && ReferenceEquals(segment.Array, s_unwritten);
}

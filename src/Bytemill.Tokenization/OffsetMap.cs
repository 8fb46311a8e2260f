namespace Bytemill.Tokenization;

/// <summary>
/// Places in a text that normalisation changed, as places in the original. A token that begins or ends inside a changed
/// stretch is given the whole stretch. Asked for ascending places only.
/// </summary>
internal sealed class OffsetMap
{
    private readonly List<(int Start, int End, int OriginalStart, int OriginalEnd)> _changes = [];
    private int _nextStart;
    private int _nextEnd;

    private OffsetMap()
    {
    }

    /// <summary>The map from the normal form of <paramref name="line"/> to it.</summary>
    public static OffsetMap Create(ReadOnlySpan<byte> line)
    {
        var map = new OffsetMap();
        var cursor = new NfcCursor(line);
        int shift = 0;
        while (cursor.MoveToChange())
        {
            int start = cursor.ChangeStart + shift;
            map._changes.Add((start, start + cursor.Replacement.Length, cursor.ChangeStart, cursor.ChangeEnd));
            shift += cursor.Replacement.Length - (cursor.ChangeEnd - cursor.ChangeStart);
        }

        return map;
    }

    /// <summary>Where a token that begins at <paramref name="position"/> begins in the original.</summary>
    public int Start(int position)
    {
        while (_nextStart < _changes.Count && _changes[_nextStart].End <= position)
        {
            _nextStart++;
        }

        return _nextStart < _changes.Count && _changes[_nextStart].Start <= position
            ? _changes[_nextStart].OriginalStart
            : position + ShiftBefore(_nextStart);
    }

    /// <summary>Where a token that ends at <paramref name="position"/> ends in the original.</summary>
    public int End(int position)
    {
        while (_nextEnd < _changes.Count && _changes[_nextEnd].End < position)
        {
            _nextEnd++;
        }

        return _nextEnd < _changes.Count && _changes[_nextEnd].Start < position
            ? _changes[_nextEnd].OriginalEnd
            : position + ShiftBefore(_nextEnd);
    }

    private int ShiftBefore(int change) => change == 0 ? 0 : _changes[change - 1].OriginalEnd - _changes[change - 1].End;
}

using System.Buffers;

namespace Bytemill.Corpus;

/// <summary>Walks over the rows of a chunk.</summary>
internal sealed class LeafCursor : IDisposable
{
    private readonly string _where;
    private readonly int _present;
    private readonly LeafReader _reader;
    private readonly IEnumerator<LeafPage> _pages;
    private LeafPage? _page;
    private int _next;
    private int _nextValue;
    private long _row;

    public LeafCursor(CorpusSource source, ColumnChunk chunk, string where, CancellationToken cancellation)
    {
        _where = where;
        _present = chunk.Column.MaxDefinitionLevel;
        _reader = new LeafReader(source, chunk, where);
        _pages = _reader.Read(cancellation).GetEnumerator();
    }

    /// <summary>Writes the values of a row, which is not before the last one.</summary>
    /// <exception cref="CorpusException">The chunk is damaged, or has fewer rows.</exception>
    public void Write(long row, IBufferWriter<byte> cells)
    {
        while (_row < row)
        {
            MoveRow(cells: null);
        }

        MoveRow(cells);
        KeptCells.EndLeaf(cells);
    }

    public void Dispose()
    {
        _pages.Dispose();
        _reader.Dispose();
    }

    private void MoveRow(IBufferWriter<byte>? cells)
    {
        if (!HasNext())
        {
            throw PageWalker.Damaged(_where, $"it ends before row {_row}");
        }

        do
        {
            int definition = _page!.Definition[_next];
            bool isPresent = definition == _present;
            if (cells is not null)
            {
                KeptCells.Add(cells, definition, _page.Repetition[_next], isPresent, isPresent ? _page.Values[_nextValue] : default);
            }

            _next++;
            _nextValue += isPresent ? 1 : 0;
        }
        while (HasNext() && _page!.Repetition[_next] > 0);

        _row++;
    }

    private bool HasNext()
    {
        while (_page is null || _next == _page.Count)
        {
            if (!_pages.MoveNext())
            {
                return false;
            }

            (_page, _next, _nextValue) = (_pages.Current, 0, 0);
        }

        return true;
    }
}

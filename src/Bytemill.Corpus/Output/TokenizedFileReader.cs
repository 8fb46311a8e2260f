using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>Reads the token columns of a tokenized file, checking its pages; for looking results over.</summary>
public sealed class TokenizedFileReader : ITokenReader
{
    private readonly CorpusSource _source;
    private readonly ParquetFooter _footer;
    private readonly SchemaNode _ids;
    private readonly SchemaNode _count;

    private TokenizedFileReader(CorpusSource source, ParquetFooter footer)
    {
        (_source, _footer) = (source, footer);
        _ids = Leaf(string.Join('.', TokenColumns.Ids, "list", "element"));
        _count = Leaf(TokenColumns.Count);
    }

    /// <summary>Rows of all row groups.</summary>
    public long Rows => _footer.RowGroups.Sum(group => group.Rows);

    /// <summary>Rows of each row group.</summary>
    public ImmutableArray<long> RowGroups => [.. _footer.RowGroups.Select(group => group.Rows)];

    /// <summary>Key-value metadata of the footer.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _footer.Metadata;

    /// <summary>Opens a file.</summary>
    /// <param name="path">A file that a job wrote.</param>
    /// <exception cref="CorpusException">It is missing, damaged, or has no token columns.</exception>
    public static TokenizedFileReader Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        CorpusSource source = CorpusSource.Open(path);
        try
        {
            return new TokenizedFileReader(source, ParquetFooter.Read(source));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Reads all rows in order.</summary>
    /// <param name="cancellation">Looked at for each page.</param>
    /// <exception cref="CorpusException">A page is damaged, or the columns have not as many rows as the footer says.</exception>
    public IEnumerable<TokenizedRow> ReadRows(CancellationToken cancellation = default)
    {
        for (int group = 0; group < _footer.RowGroups.Count; group++)
        {
            string where = $"{_source.Path}: row group {group}";
            long rows = 0;
            using IEnumerator<int[]?> ids = ReadIds(group, where, cancellation).GetEnumerator();
            using IEnumerator<int> counts = ReadCounts(group, where, cancellation).GetEnumerator();
            while (ids.MoveNext())
            {
                if (!counts.MoveNext())
                {
                    throw PageWalker.Damaged(where, $"'{TokenColumns.Count}' has {rows} rows only");
                }

                rows++;
                yield return new TokenizedRow(ids.Current, counts.Current);
            }

            if (rows != _footer.RowGroups[group].Rows || counts.MoveNext())
            {
                throw PageWalker.Damaged(where, $"'{TokenColumns.Ids}' has {rows} rows");
            }
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _source.Dispose();

    private SchemaNode Leaf(string path) =>
        _footer.Leaves.Find(leaf => leaf.DottedPath == path && leaf.Type == PhysicalType.Int32)
        ?? throw new CorpusException($"{_source.Path}: no token column '{path}'; this is not a tokenized file of Bytemill.");

    private IEnumerable<int[]?> ReadIds(int group, string where, CancellationToken cancellation)
    {
        using LeafReader reader = new(_source, _footer.RowGroups[group].Chunks[_ids.LeafIndex], $"{where}, column '{TokenColumns.Ids}'");
        List<int> row = [];
        bool isOpen = false;
        bool isNull = false;
        foreach (LeafPage page in reader.Read(cancellation))
        {
            int value = 0;
            for (int i = 0; i < page.Count; i++)
            {
                if (page.Repetition[i] == 0)
                {
                    if (isOpen)
                    {
                        yield return isNull ? null : [.. row];
                    }

                    row.Clear();
                    (isOpen, isNull) = (true, page.Definition[i] == 0);
                }

                if (page.Definition[i] == _ids.MaxDefinitionLevel)
                {
                    row.Add(BinaryPrimitives.ReadInt32LittleEndian(page.Values[value++]));
                }
            }
        }

        if (isOpen)
        {
            yield return isNull ? null : [.. row];
        }
    }

    private IEnumerable<int> ReadCounts(int group, string where, CancellationToken cancellation)
    {
        using LeafReader reader = new(_source, _footer.RowGroups[group].Chunks[_count.LeafIndex], $"{where}, column '{TokenColumns.Count}'");
        foreach (LeafPage page in reader.Read(cancellation))
        {
            for (int i = 0; i < page.Values.Count; i++)
            {
                yield return BinaryPrimitives.ReadInt32LittleEndian(page.Values[i]);
            }
        }
    }
}

namespace Bytemill.Corpus;

/// <summary>Which leaves of an input go into an output, and the schema elements around them.</summary>
internal sealed class ColumnSelection
{
    private ColumnSelection()
    {
    }

    /// <summary>Leaves in schema order.</summary>
    public List<SchemaNode> Leaves { get; } = [];

    /// <summary>Schema elements of the top-level columns, flattened, without the root.</summary>
    public List<ThriftStruct> Elements { get; } = [];

    /// <summary>Number of top-level columns.</summary>
    public int ColumnCount { get; private set; }

    /// <summary>Selects columns.</summary>
    /// <param name="footer">The input's footer.</param>
    /// <param name="text">The text column.</param>
    /// <param name="keep">Names of top-level columns; null for all of the input but the text itself.</param>
    /// <param name="elsewhere">Names of columns that need not be in the file.</param>
    /// <exception cref="CorpusException">A column does not exist or cannot be kept.</exception>
    public static ColumnSelection Select(ParquetFooter footer, SchemaNode text, IReadOnlyList<string>? keep, IEnumerable<string> elsewhere)
    {
        HashSet<string>? wanted = keep is null ? null : new HashSet<string>(keep, StringComparer.Ordinal);
        foreach (string name in (keep ?? []).Except(elsewhere, StringComparer.Ordinal))
        {
            if (!footer.Root.Children.Exists(column => string.Equals(column.Name, name, StringComparison.Ordinal)))
            {
                throw ColumnErrors.NotThere(footer.Path, name, footer.Root.Children.Select(column => column.Name));
            }
        }

        ColumnSelection selection = new();
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (SchemaNode column in footer.Root.Children)
        {
            if (wanted is not null && !wanted.Contains(column.Name))
            {
                continue;
            }

            int leaves = selection.Leaves.Count;
            selection.Add(column, wanted is null ? text : null);
            if (selection.Leaves.Count == leaves)
            {
                continue;
            }

            selection.ColumnCount++;
            if (TokenColumns.IsTaken(column.Name) || !seen.Add(column.Name))
            {
                throw ColumnErrors.CannotKeep(footer.Path, column.Name);
            }
        }

        selection.CheckReadable(footer);
        return selection;
    }

    private void CheckReadable(ParquetFooter footer)
    {
        for (int i = 0; i < footer.RowGroups.Count; i++)
        {
            foreach (SchemaNode leaf in Leaves)
            {
                if (footer.RowGroups[i].Chunks[leaf.LeafIndex].Obstacle is string obstacle)
                {
                    throw new CorpusException(
                        $"{footer.Path}: row group {i}, column '{leaf.DottedPath}' cannot be kept: {obstacle}");
                }
            }
        }
    }

    // A struct that held nothing but the text is left out with it.
    private bool Add(SchemaNode node, SchemaNode? without)
    {
        if (ReferenceEquals(node, without))
        {
            return false;
        }

        if (node.IsLeaf)
        {
            Leaves.Add(node);
            Elements.Add(node.Element);
            return true;
        }

        int place = Elements.Count;
        int children = 0;
        foreach (SchemaNode child in node.Children)
        {
            children += Add(child, without) ? 1 : 0;
        }

        if (children == 0)
        {
            return false;
        }

        Elements.Insert(place, node.Element.Clone().SetInt32(FooterFields.Schema.Children, children));
        return true;
    }
}

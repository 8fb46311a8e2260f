using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>Looks at a Parquet file without reading its data.</summary>
public static class CorpusInspector
{
    /// <summary>Reads and checks the footer, on the calling thread.</summary>
    /// <param name="path">A Parquet file.</param>
    /// <param name="textColumn">Column with one document per row: a UTF-8 string or binary column, at top level or in
    /// structs (<c>doc.text</c>); a top-level column of that very name is preferred.</param>
    /// <param name="cancellationToken">Cancels before the file is opened.</param>
    /// <exception cref="CorpusException">The file is missing, not Parquet, cut short, damaged or encrypted; there is no such
    /// column (the message names the ones there are); the column is not text (the message names its type).</exception>
    public static Task<CorpusFile> InspectAsync(
        string path, string textColumn, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(textColumn);
        return CompletedTask.Of(() => Inspect(path, SourceOptions.FromString(textColumn)), cancellationToken);
    }

    internal static CorpusFile Inspect(string path, SourceOptions options)
    {
        using CorpusSource source = CorpusSource.Open(path);
        ParquetFooter footer = ParquetFooter.Read(source);
        SchemaNode text = footer.FindTextColumn(options.TextColumn);
        ImmutableArray<Comparison>? comparisons = options.Where is { } condition ? condition.After(path) : [];
        foreach (Comparison comparison in comparisons ?? [])
        {
            ConditionColumn.Find(footer, comparison);
        }

        return new CorpusFile
        {
            Path = path,
            LengthBytes = footer.LengthBytes,
            Fingerprint = footer.Fingerprint,
            RowGroups =
            [
                .. footer.RowGroups.Select(
                    group => new RowGroupInfo(group.Rows, group.Chunks[text.LeafIndex].UncompressedBytes)
                    {
                        Take = comparisons is not { } asked || RowGroupBounds.Exclude(footer, group, asked) ? 0 : null,
                    }),
            ],
            Columns = HivePath.WithDirectories(path, DescribeColumns(footer)),
        };
    }

    private static ImmutableArray<ColumnInfo> DescribeColumns(ParquetFooter footer)
    {
        HashSet<string> unreadable = new(StringComparer.Ordinal);
        foreach (RowGroup group in footer.RowGroups)
        {
            unreadable.UnionWith(
                group.Chunks.Where(chunk => chunk.Obstacle is not null).Select(chunk => chunk.Column.Path[0]));
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        HashSet<string> doubled = new(StringComparer.Ordinal);
        foreach (SchemaNode column in footer.Root.Children)
        {
            if (!names.Add(column.Name))
            {
                doubled.Add(column.Name);
            }
        }

        return
        [
            .. footer.Root.Children.Select(column => new ColumnInfo(
                column.Name,
                column.Describe(),
                column.Repetition == Repetition.Optional,
                !TokenColumns.IsTaken(column.Name) && !unreadable.Contains(column.Name) && !doubled.Contains(column.Name))),
        ];
    }
}

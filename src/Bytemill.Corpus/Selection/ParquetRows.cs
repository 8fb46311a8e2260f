using System.Collections;
using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>Finds the rows of a row group that meet a condition and are in a sample.</summary>
internal static class ParquetRows
{
    /// <param name="source">The file.</param>
    /// <param name="footer">Its footer.</param>
    /// <param name="group">0-based index of the row group.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="take">Rows from here on are not taken; null for no such limit.</param>
    /// <param name="cancellation">Looked at between pages.</param>
    /// <exception cref="CorpusException">A column is damaged, missing, or cannot be compared.</exception>
    public static RowSelection Select(
        CorpusSource source, ParquetFooter footer, int group, SourceOptions options, long? take, CancellationToken cancellation)
    {
        RowGroup rows = footer.RowGroups[group];
        ImmutableArray<Comparison>? comparisons = options.Where is { } condition ? condition.After(source.Path) : [];
        if (comparisons is { IsEmpty: true } && options.Sample is null && (take is null || take >= rows.Rows))
        {
            return RowSelection.All;
        }

        var taken = new BitArray((int)rows.Rows, comparisons is not null);
        for (long row = take ?? rows.Rows; row < rows.Rows; row++)
        {
            taken[(int)row] = false;
        }

        foreach (Comparison comparison in comparisons ?? [])
        {
            Apply(source, footer, group, comparison, taken, cancellation);
        }

        if (options.Sample is { } sample)
        {
            for (int row = 0; row < taken.Length; row++)
            {
                taken[row] = taken[row] && sample.Takes(footer.Fingerprint, group, row);
            }
        }

        return RowSelection.Of(taken);
    }

    private static void Apply(
        CorpusSource source, ParquetFooter footer, int group, Comparison comparison, BitArray taken, CancellationToken cancellation)
    {
        SchemaNode column = ConditionColumn.Find(footer, comparison);
        ConditionKind kind = ConditionColumn.KindOf(column)!.Value;
        string where = $"{source.Path}: row group {group}, column '{column.DottedPath}'";
        using LeafReader reader = new(source, footer.RowGroups[group].Chunks[column.LeafIndex], where);
        int row = 0;
        foreach (LeafPage page in reader.Read(cancellation))
        {
            int value = 0;
            foreach (int level in page.Definition)
            {
                bool holds = level == column.MaxDefinitionLevel && Matches(comparison, kind, page.Values[value++]);
                if (row < taken.Length)
                {
                    taken[row] = taken[row] && holds;
                }

                row++;
            }
        }

        if (row != taken.Length)
        {
            throw PageWalker.Damaged(where, $"it has {row} values for {taken.Length} rows");
        }
    }

    private static bool Matches(Comparison comparison, ConditionKind kind, ReadOnlySpan<byte> value) => kind switch
    {
        ConditionKind.Text => comparison.Matches(value),
        ConditionKind.Signed or ConditionKind.Unsigned => comparison.Matches(ConditionColumn.Integer(kind, value)),
        ConditionKind.Real => comparison.Matches(ConditionColumn.Real(value)),
        _ => comparison.Matches(value[0] != 0),
    };
}

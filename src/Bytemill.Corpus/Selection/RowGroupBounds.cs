using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>What the statistics of a row group say about a condition.</summary>
internal static class RowGroupBounds
{
    /// <summary>Whether no row of a row group can meet the condition.</summary>
    /// <param name="footer">The file's footer.</param>
    /// <param name="group">The row group.</param>
    /// <param name="comparisons">Comparisons on columns of the file.</param>
    public static bool Exclude(ParquetFooter footer, RowGroup group, ImmutableArray<Comparison> comparisons) =>
        comparisons.Any(comparison => Excludes(footer, group, comparison));

    private static bool Excludes(ParquetFooter footer, RowGroup group, Comparison comparison)
    {
        SchemaNode column = ConditionColumn.Find(footer, comparison);
        ThriftStruct? statistics = group.Chunks[column.LeafIndex].Metadata?.Struct(FooterFields.ChunkMetadata.Statistics);
        if (statistics is null)
        {
            return false;
        }

        // A null meets no comparison.
        if (statistics.Integer(FooterFields.Statistics.NullCount) == group.Rows && group.Rows > 0)
        {
            return true;
        }

        // Without orders nobody knows by which one the bounds were found.
        if (footer.ColumnOrders is null
            || statistics.Binary(FooterFields.Statistics.Min) is not { } least
            || statistics.Binary(FooterFields.Statistics.Max) is not { } most)
        {
            return false;
        }

        ConditionKind? kind = ConditionColumn.KindOf(column);
        switch (kind)
        {
            case ConditionKind.Text:
                return comparison.ExcludesRange(least, most);
            case ConditionKind.Signed or ConditionKind.Unsigned when least.Length == most.Length && least.Length is sizeof(int) or sizeof(long):
                return comparison.ExcludesRange(ConditionColumn.Integer(kind!.Value, least), ConditionColumn.Integer(kind.Value, most));
            case ConditionKind.Real when least.Length == most.Length && least.Length is sizeof(float) or sizeof(double):
                (double low, double high) = (ConditionColumn.Real(least), ConditionColumn.Real(most));
                return !double.IsNaN(low) && !double.IsNaN(high) && comparison.ExcludesRange(low, high);
            default:
                return false;
        }
    }
}

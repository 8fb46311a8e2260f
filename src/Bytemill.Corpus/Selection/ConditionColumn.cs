using System.Buffers.Binary;

namespace Bytemill.Corpus;

/// <summary>Columns of Parquet as conditions see them.</summary>
internal static class ConditionColumn
{
    /// <summary>Finds a condition's column and checks that it can be compared with its values.</summary>
    /// <exception cref="CorpusException">There is no such column, it has a type that cannot be compared, or the values are of another.</exception>
    public static SchemaNode Find(ParquetFooter footer, Comparison comparison)
    {
        SchemaNode? column = footer.Leaves.Find(leaf => string.Equals(leaf.DottedPath, comparison.Column, StringComparison.Ordinal));
        if (column is null)
        {
            throw new CorpusException(
                $"{footer.Path}: no column '{comparison.Column}' to compare (--where); found {ColumnErrors.Quote(footer.Leaves.Select(leaf => leaf.DottedPath))}.");
        }

        ConditionKind? kind = KindOf(column);
        bool fits = kind switch
        {
            ConditionKind.Text => comparison.Values.All(value => value.IsString),
            ConditionKind.Signed or ConditionKind.Unsigned or ConditionKind.Real => comparison.Values.All(value => value.Number is not null),
            ConditionKind.Boolean => comparison.Values.All(value => value.Truth is not null),
            _ => false,
        };
        if (!fits)
        {
            throw new CorpusException(kind is null
                ? $"{footer.Path}: column '{comparison.Column}' is of type {column.Describe()}, which cannot be compared (--where); strings, numbers and truth values can."
                : $"{footer.Path}: column '{comparison.Column}' is of type {column.Describe()} and cannot be compared with {comparison.Values[0].Text} (--where); "
                    + (kind == ConditionKind.Text ? "put the value in single quotes." : "write a value of that type, without quotes."));
        }

        return column;
    }

    /// <summary>Null for what cannot be compared.</summary>
    public static ConditionKind? KindOf(SchemaNode column)
    {
        string type = column.MaxRepetitionLevel > 0 ? "list" : column.Describe();
        return column.IsText && column.MaxRepetitionLevel == 0 ? ConditionKind.Text
            : type.StartsWith("int", StringComparison.Ordinal) && type != "interval" ? ConditionKind.Signed
            : type.StartsWith("uint", StringComparison.Ordinal) ? ConditionKind.Unsigned
            : type is "float" or "double" ? ConditionKind.Real
            : type == "bool" ? ConditionKind.Boolean
            : null;
    }

    /// <summary>A plain value of a column of whole numbers.</summary>
    public static decimal Integer(ConditionKind kind, ReadOnlySpan<byte> value) => (kind, value.Length) switch
    {
        (ConditionKind.Unsigned, sizeof(int)) => BinaryPrimitives.ReadUInt32LittleEndian(value),
        (ConditionKind.Unsigned, _) => BinaryPrimitives.ReadUInt64LittleEndian(value),
        (_, sizeof(int)) => BinaryPrimitives.ReadInt32LittleEndian(value),
        _ => BinaryPrimitives.ReadInt64LittleEndian(value),
    };

    /// <summary>A plain value of a floating-point column.</summary>
    public static double Real(ReadOnlySpan<byte> value) => value.Length == sizeof(float)
        ? BinaryPrimitives.ReadSingleLittleEndian(value)
        : BinaryPrimitives.ReadDoubleLittleEndian(value);
}

using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>Columns that directories stand for, as in <c>corpus/lang=zh/year=2024/part-0.parquet</c>.</summary>
public static class HivePath
{
    // What writers put for null.
    private const string DefaultPartition = "__HIVE_DEFAULT_PARTITION__";

    /// <summary>Columns and their values, in order of the path; of a name that comes twice, the inner one. A value is null where the
    /// directory says so.</summary>
    /// <param name="path">Absolute path of a file.</param>
    public static ImmutableArray<KeyValuePair<string, string?>> ColumnsOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var columns = ImmutableArray.CreateBuilder<KeyValuePair<string, string?>>();
        string[] names = path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar]);
        foreach (string directory in names[..^1])
        {
            int equals = directory.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                continue;
            }

            string name = Uri.UnescapeDataString(directory[..equals]);
            string value = Uri.UnescapeDataString(directory[(equals + 1)..]);
            for (int i = columns.Count - 1; i >= 0; i--)
            {
                if (string.Equals(columns[i].Key, name, StringComparison.Ordinal))
                {
                    columns.RemoveAt(i);
                }
            }

            columns.Add(new KeyValuePair<string, string?>(name, value == DefaultPartition ? null : value));
        }

        return columns.ToImmutable();
    }

    /// <summary>Columns of a file and, behind them, those of its directories that it has not itself.</summary>
    internal static ImmutableArray<ColumnInfo> WithDirectories(string path, ImmutableArray<ColumnInfo> own) =>
    [
        .. own,
        .. ColumnsOf(path)
            .Where(directory => !own.Any(column => string.Equals(column.Name, directory.Key, StringComparison.Ordinal)))
            .Select(directory => new ColumnInfo(directory.Key, "string", IsNullable: true, !TokenColumns.IsTaken(directory.Key))),
    ];

    /// <summary>Names that are no directories' columns.</summary>
    internal static ImmutableArray<string> WithoutDirectories(string path, ImmutableArray<string> names)
    {
        ImmutableArray<KeyValuePair<string, string?>> directories = ColumnsOf(path);
        return [.. names.Where(name => !directories.Any(directory => string.Equals(directory.Key, name, StringComparison.Ordinal)))];
    }

    /// <summary>Directories' columns that go into an output.</summary>
    /// <param name="path">Absolute path of the input.</param>
    /// <param name="keep">Names of columns to keep; null for all.</param>
    /// <param name="isOwn">Whether the input has a column of its own of that name, which then is kept instead.</param>
    internal static ImmutableArray<KeyValuePair<string, string?>> Kept(string path, IReadOnlyList<string>? keep, Func<string, bool> isOwn) =>
    [
        .. ColumnsOf(path).Where(directory => (keep is null || keep.Contains(directory.Key, StringComparer.Ordinal)) && !isOwn(directory.Key)
            && !TokenColumns.IsTaken(directory.Key)),
    ];
}

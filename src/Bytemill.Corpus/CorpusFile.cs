using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>What is known of an input file without reading its data, as far as planning needs it.</summary>
public sealed record CorpusFile
{
    /// <summary>Path as given to <see cref="CorpusInspector.InspectAsync"/>.</summary>
    public required string Path { get; init; }

    /// <summary>Size of the file in bytes.</summary>
    public required long LengthBytes { get; init; }

    /// <summary>XxHash3 over the file's length and footer, 16 hex digits. The footer holds sizes, offsets and usually
    /// statistics, so a file written anew gets another one; it is no checksum of the data pages. Of a file of lines, over its length and
    /// stretches all over it.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Row groups in file order.</summary>
    public required ImmutableArray<RowGroupInfo> RowGroups { get; init; }

    /// <summary>Top-level columns in schema order.</summary>
    public required ImmutableArray<ColumnInfo> Columns { get; init; }

    /// <summary>How often its text counts in training, at least 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Rows that the job looks at; null where only reading them tells.</summary>
    public long? RowsToRead => RowGroups.Any(group => group.Rows == RowGroupInfo.UnknownRows && !group.IsLeftAside)
        ? null
        : RowGroups.Sum(group => Math.Min(group.Rows, group.Take ?? group.Rows));

    /// <summary>Rows of all row groups; null where only reading all of them tells.</summary>
    public long? Rows => RowGroups.Any(group => group.Rows == RowGroupInfo.UnknownRows) ? null : RowGroups.Sum(group => group.Rows);

    /// <summary>Format of the file.</summary>
    public InputFormat Format => InputFormat.Of(Path);

    /// <summary><see cref="RowGroupInfo.TextBytes"/> of all row groups.</summary>
    public long TextBytes => RowGroups.Sum(group => group.TextBytes);
}

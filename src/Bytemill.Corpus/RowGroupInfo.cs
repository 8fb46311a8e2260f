namespace Bytemill.Corpus;

/// <summary>One row group of a corpus file, or one stretch of a file of lines.</summary>
/// <param name="Rows">Rows, nulls included; <see cref="UnknownRows"/> where only reading all of them tells.</param>
/// <param name="TextBytes">Uncompressed size of the text column's chunk in bytes, as the footer gives it: text plus
/// page headers, lengths and levels; for a dictionary-encoded column less than the text. Of lines, their bytes, where they are compressed a guess.</param>
public sealed record RowGroupInfo(long Rows, long TextBytes)
{
    /// <summary>How many rows of it, from the first on, the job looks at; null for all. 0 where statistics tell that no row is wanted, or other files
    /// reach the limit.</summary>
    public long? Take { get; init; }

    /// <summary>Whether it is not read at all.</summary>
    public bool IsLeftAside => Take == 0;

    /// <summary>Rows that were looked at and not taken; 0 where nobody counted them.</summary>
    /// <param name="taken">Rows that were taken.</param>
    public long PassedRows(long taken) => Rows == UnknownRows ? 0 : Math.Min(Rows, Take ?? Rows) - taken;

    /// <summary>Stands for a number of rows that is not known before they are read.</summary>
    public const long UnknownRows = -1;
}

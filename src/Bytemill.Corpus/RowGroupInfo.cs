namespace Bytemill.Corpus;

/// <summary>One row group of a corpus file, or one stretch of a file of lines.</summary>
/// <param name="Rows">Rows, nulls included; <see cref="UnknownRows"/> where only reading all of them tells.</param>
/// <param name="TextBytes">Uncompressed size of the text column's chunk in bytes, as the footer gives it: text plus
/// page headers, lengths and levels; for a dictionary-encoded column less than the text. Of lines, their bytes, where they are compressed a guess.</param>
public sealed record RowGroupInfo(long Rows, long TextBytes)
{
    /// <summary>Stands for a number of rows that is not known before they are read.</summary>
    public const long UnknownRows = -1;
}

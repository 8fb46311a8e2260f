namespace Bytemill.Corpus;

/// <summary>One row group of a corpus file.</summary>
/// <param name="Rows">Rows, nulls included.</param>
/// <param name="TextBytes">Uncompressed size of the text column's chunk in bytes, as the footer gives it: text plus
/// page headers, lengths and levels; for a dictionary-encoded column less than the text.</param>
public sealed record RowGroupInfo(long Rows, long TextBytes);

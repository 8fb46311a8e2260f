namespace Bytemill.Corpus;

/// <summary>Consecutive row groups of one file.</summary>
/// <param name="FileIndex">0-based index of the file in the list that was planned.</param>
/// <param name="FirstRowGroup">0-based index of the first row group in its file.</param>
/// <param name="RowGroupCount">Number of row groups, at least 1.</param>
public readonly record struct CorpusRange(int FileIndex, int FirstRowGroup, int RowGroupCount);

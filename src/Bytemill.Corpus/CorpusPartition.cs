namespace Bytemill.Corpus;

/// <summary>A slice of the input: consecutive row groups of one file, given to one worker at a time.</summary>
public sealed record CorpusPartition
{
    /// <summary>0-based index in the plan.</summary>
    public required int Index { get; init; }

    /// <summary>0-based index of the file in the list that was planned.</summary>
    public required int FileIndex { get; init; }

    /// <summary>0-based index of the first row group in its file.</summary>
    public required int FirstRowGroup { get; init; }

    /// <summary>Number of row groups, at least 1.</summary>
    public required int RowGroupCount { get; init; }

    /// <summary>Rows in these row groups.</summary>
    public required long Rows { get; init; }

    /// <summary>Uncompressed size of the text column in these row groups, in bytes.</summary>
    public required long TextBytes { get; init; }
}

using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>A slice of the input: consecutive row groups, of several files where these are small, given to one worker at a time.</summary>
public sealed record CorpusPartition
{
    /// <summary>0-based index in the plan.</summary>
    public required int Index { get; init; }

    /// <summary>Where it lies: at least one range, in the order of the files.</summary>
    public required ImmutableArray<CorpusRange> Ranges { get; init; }

    /// <summary>Rows in these row groups, as far as they are known beforehand.</summary>
    public required long Rows { get; init; }

    /// <summary>Uncompressed size of the text column in these row groups, in bytes.</summary>
    public required long TextBytes { get; init; }
}

using System.Collections.Immutable;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>What the inputs of a job were found to be.</summary>
/// <param name="Files">Files to read, sorted by path.</param>
/// <param name="LeftOut">Files that cannot be used and are left out, sorted by path.</param>
public sealed record JobInputs(ImmutableArray<CorpusFile> Files, ImmutableArray<LeftOutFile> LeftOut)
{
    /// <summary>Of an update, what the results that are there were made of.</summary>
    internal Wire.Ledger? Earlier { get; init; }

    /// <summary>The model that was given; <c>null</c> where the job makes its own.</summary>
    internal PlannedModel? Model { get; init; }

    /// <summary>Counts of the job that this one extends.</summary>
    internal Wire.KeptCounts? Counts { get; init; }
}

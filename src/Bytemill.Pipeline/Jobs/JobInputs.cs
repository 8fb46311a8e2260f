using System.Collections.Immutable;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>What the inputs of a job were found to be.</summary>
/// <param name="Files">Files to read, sorted by path.</param>
/// <param name="LeftOut">Files that cannot be used and are left out, sorted by path.</param>
public sealed record JobInputs(ImmutableArray<CorpusFile> Files, ImmutableArray<LeftOutFile> LeftOut);

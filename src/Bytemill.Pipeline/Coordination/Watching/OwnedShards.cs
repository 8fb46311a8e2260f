using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>Slices of the key space of a job that a node owns.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Kind">Of n-grams or of pieces.</param>
/// <param name="Shards">Their indices, ascending.</param>
public sealed record OwnedShards(string JobId, ShardKind Kind, ImmutableArray<int> Shards);

using System.Collections.Immutable;

namespace Bytemill.Training;

/// <summary>What a run file holds.</summary>
/// <param name="Entries">Number of entries (distinct keys within a shard), all shards.</param>
/// <param name="Total">Sum of their counts.</param>
/// <param name="LengthBytes">Length of the file.</param>
/// <param name="SegmentBytes">Stored bytes by shard.</param>
/// <param name="TextBytes">Bytes of text that the entries stand for: of n-grams one for each counted position, of pieces their length
/// for each time.</param>
public sealed record RunSummary(long Entries, long Total, long LengthBytes, ImmutableArray<long> SegmentBytes, long TextBytes);

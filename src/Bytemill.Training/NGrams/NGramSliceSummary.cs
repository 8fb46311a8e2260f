using System.Collections.Immutable;

namespace Bytemill.Training;

/// <summary>What a slice of pruned n-grams holds.</summary>
/// <param name="Total">Sum of the counts met in this shard, before pruning: its share of the corpus in bytes.</param>
/// <param name="KeptByOrder">n-grams kept by length; index 0 is length 1. Border prefixes are not in it.</param>
/// <param name="BorderPrefixes">Prefixes shared with neighbouring shards, whose partial counts the slice carries unpruned.</param>
/// <param name="LengthBytes">Length of the file.</param>
public sealed record NGramSliceSummary(long Total, ImmutableArray<long> KeptByOrder, int BorderPrefixes, long LengthBytes);

using System.Collections.Immutable;

namespace Bytemill.Training;

/// <summary>What an n-gram model holds.</summary>
/// <param name="Total">c(): bytes of the corpus, and 1 for every byte value that never occurred.</param>
/// <param name="NGramsByOrder">n-grams kept by length; index 0 is length 1 and always 256.</param>
/// <param name="LengthBytes">Length of the file.</param>
public sealed record NGramModelSummary(long Total, ImmutableArray<long> NGramsByOrder, long LengthBytes);

using System.Collections.Immutable;

namespace Bytemill.Tokenization;

/// <summary>One way to write a text as pieces.</summary>
/// <param name="Ids">Ids of the pieces, in order.</param>
/// <param name="LogProbability">Sum of their natural-log probabilities, added from left to right.</param>
public sealed record Segmentation(ImmutableArray<int> Ids, double LogProbability);

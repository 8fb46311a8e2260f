using System.Collections.Immutable;

namespace Bytemill.Tokenization;

/// <summary>A prompt as a language model should be given it, so that it may go on with any piece. Immutable and thread-safe.</summary>
/// <param name="Kept">
/// Ids that the encoding of the prompt has whatever it is continued with. Give these to the model, then choose the next ids by
/// <paramref name="Next"/> until nothing is held back.
/// </param>
/// <param name="Next">The bytes held back and the pieces that may come next.</param>
public sealed record PromptContinuation(ImmutableArray<int> Kept, ContinuationStep Next);

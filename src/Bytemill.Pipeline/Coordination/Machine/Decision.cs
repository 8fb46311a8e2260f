using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>What follows from one input.</summary>
/// <param name="Events">Facts to be written to the journal, together or not at all.</param>
/// <param name="Effects">What to do once they, and all earlier ones, are written; in this order.</param>
internal sealed record Decision(ImmutableArray<CoordinatorEvent> Events, ImmutableArray<CoordinatorEffect> Effects);

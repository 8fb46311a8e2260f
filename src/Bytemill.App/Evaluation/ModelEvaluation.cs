using System.Collections.Immutable;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>What one model makes of a corpus.</summary>
/// <param name="Name">What reports call it: its file name, or the path as given where two have one name.</param>
/// <param name="Path">Path as given.</param>
/// <param name="Model">The model.</param>
/// <param name="Usage">Its figures over all texts.</param>
/// <param name="Groups">Totals of each group, by name in ordinal order; empty without groups.</param>
internal sealed record ModelEvaluation(
    string Name, string Path, TokenizerModel Model, VocabularyUsage Usage, ImmutableArray<KeyValuePair<string, TokenTotals>> Groups);

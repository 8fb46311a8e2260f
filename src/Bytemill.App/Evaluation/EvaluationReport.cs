using System.Collections.Immutable;

namespace Bytemill.App;

/// <summary>Models side by side over one corpus. The same whatever the number of threads.</summary>
/// <param name="Files">Corpus files read.</param>
/// <param name="GroupColumn">Column that groups the texts; null without.</param>
/// <param name="Models">In the order in which they were named; at least one.</param>
/// <param name="Shown">How many pieces lists of pieces show.</param>
internal sealed record EvaluationReport(int Files, string? GroupColumn, ImmutableArray<ModelEvaluation> Models, int Shown);

using System.Collections.Immutable;
using Bytemill.Pipeline;

namespace Bytemill.Web.Models;

/// <summary>What the manifest of a job tells of its corpus.</summary>
/// <param name="Files">Input files.</param>
/// <param name="Statistics">Totals over the corpus.</param>
/// <param name="Phases">What each phase took and wrote.</param>
public sealed record CorpusFacts(int Files, ManifestStatistics Statistics, ImmutableArray<ManifestPhase> Phases)
{
    /// <summary>Time of all phases.</summary>
    public double Seconds => Phases.Sum(phase => phase.Seconds);
}

using Bytemill.Pipeline;

namespace Bytemill.Web.Models;

/// <summary>What the manifest of a job tells of its corpus.</summary>
/// <param name="Files">Input files.</param>
/// <param name="Statistics">Totals over the corpus.</param>
/// <param name="Seconds">Time of all phases.</param>
public sealed record CorpusFacts(int Files, ManifestStatistics Statistics, double Seconds);

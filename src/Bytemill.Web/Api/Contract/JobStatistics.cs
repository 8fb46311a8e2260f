using System.Collections.Immutable;
using System.ComponentModel;
using Bytemill.Pipeline;

namespace Bytemill.Web.Api;

/// <summary>What a completed job says of its results: the part of its manifest that does not grow with the corpus.</summary>
/// <param name="Statistics">Totals over the corpus.</param>
/// <param name="Models">The models.</param>
/// <param name="Phases">Time of each phase.</param>
/// <param name="InputFiles">How many files it read.</param>
/// <param name="OutputFiles">How many files it wrote beside models and manifest.</param>
/// <param name="OutputBytes">Their bytes.</param>
[Description("Totals of a completed job.")]
public sealed record JobStatistics(
    ManifestStatistics Statistics,
    ImmutableArray<ManifestModel> Models,
    ImmutableArray<ManifestPhase> Phases,
    int InputFiles,
    int OutputFiles,
    long OutputBytes)
{
    /// <summary>As the manifest has it.</summary>
    public static JobStatistics Of(ResultManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return new JobStatistics(
            manifest.Statistics, manifest.Models, manifest.Phases, manifest.Inputs.Length, manifest.Outputs.Length, manifest.Outputs.Sum(output => output.LengthBytes));
    }
}

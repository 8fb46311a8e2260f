namespace Bytemill.Pipeline;

/// <summary>One barrier's worth of work: <see cref="TaskCount"/> tasks that differ only in their index.</summary>
/// <param name="Number">Position in the job, from 1.</param>
/// <param name="Kind">What a task does.</param>
/// <param name="TaskCount">Number of tasks.</param>
/// <param name="Inputs">Manifests that the tasks read.</param>
/// <param name="Argument">Pieces to keep (ranking, finding the cut) or vocabulary size (emitting); else 0.</param>
public sealed record StageSpec(int Number, StageKind Kind, int TaskCount, StageInputs Inputs, int Argument = 0)
{
    /// <summary>Name of the manifest that the coordinator writes when the stage is complete.</summary>
    public string ManifestName =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"stage-{Number:D4}-{Kind}.manifest");
}

using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>A stage that is done and whose files a later stage may still read.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Attempts">Committed attempt of each task; <c>null</c> for one that turned out to be gone.</param>
internal sealed record ClosedStage(StageSpec Stage, ImmutableArray<CommittedAttempt?> Attempts)
{
    public bool IsWhole => Attempts.All(attempt => attempt is not null);

    public StageManifest ToManifest() =>
        new(Stage.Number, [.. Attempts.Select(attempt => attempt!.Directory)], [.. Attempts.Select(attempt => attempt!.Metrics)]);
}

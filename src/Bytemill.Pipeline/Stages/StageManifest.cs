using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>The committed attempt of each task of a finished stage, in order of the tasks.</summary>
/// <param name="Stage">Number of the stage.</param>
/// <param name="AttemptDirectories">Directory of the committed attempt, relative to the work directory.</param>
/// <param name="Metrics">What each task counted.</param>
public sealed record StageManifest(int Stage, ImmutableArray<string> AttemptDirectories, ImmutableArray<TaskMetrics> Metrics);

using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>A task that no worker could do, and that its job failed of.</summary>
/// <param name="Stage">Number of the stage.</param>
/// <param name="Kind">Kind of the stage.</param>
/// <param name="Index">Index of the task, from 0.</param>
/// <param name="Attempts">All attempts, in order.</param>
public sealed record PoisonTask(int Stage, StageKind Kind, int Index, ImmutableArray<FailedAttempt> Attempts);

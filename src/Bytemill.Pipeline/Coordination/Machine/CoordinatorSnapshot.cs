using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>What the journal says at one moment, so that a new coordinator need not read it from its beginning.</summary>
/// <param name="Epoch">Number of the coordinator.</param>
/// <param name="Coordinator">Who it was.</param>
/// <param name="Jobs">Jobs that have not ended, in their order.</param>
/// <param name="Ended">Ends that may still be asked for, in their order.</param>
internal sealed record CoordinatorSnapshot(
    long Epoch, string Coordinator, ImmutableArray<JobSnapshot> Jobs, ImmutableArray<EndedJob> Ended);

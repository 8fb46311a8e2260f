using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>What the journal says of one job at one moment.</summary>
/// <param name="Accepted">The job.</param>
/// <param name="Plan">Its plan; <c>null</c> before it has one.</param>
/// <param name="Times">Planning and the stages done, in order.</param>
/// <param name="Openings">All stages that were opened, in order; the last one is open.</param>
/// <param name="Closed">Attempts of the stages done whose files are still read, by number of the stage.</param>
/// <param name="Open">What is committed of the open stage.</param>
/// <param name="End">How it ended; <c>null</c> when it has not.</param>
/// <param name="Priority">Its present priority.</param>
/// <param name="IsPaused">Whether it stands still until it is resumed.</param>
/// <param name="Events">What happened to it, for those who watch.</param>
internal sealed record JobSnapshot(
    CoordinatorEvent.JobAccepted Accepted,
    PlanFacts? Plan,
    ImmutableArray<StageTime> Times,
    ImmutableArray<StageOpening> Openings,
    ImmutableArray<(int Stage, ImmutableArray<CommittedAttempt?> Attempts)> Closed,
    ImmutableArray<CommittedAttempt?> Open,
    JobEnd? End,
    int Priority,
    bool IsPaused,
    ImmutableArray<JobEvent> Events);

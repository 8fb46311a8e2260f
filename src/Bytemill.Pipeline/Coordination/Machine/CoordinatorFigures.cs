using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>How the coordinator's work stands, in numbers.</summary>
/// <param name="Jobs">How many jobs there are of each status; ended ones as far as they are remembered.</param>
/// <param name="Progress">How far each job is that has not ended.</param>
/// <param name="WaitingTasks">Tasks of open stages that nobody has begun.</param>
/// <param name="RunningTasks">Tasks that somebody has been given.</param>
/// <param name="Failures">Attempts that failed, and those that were lost with their process, since it took over.</param>
/// <param name="Retries">Attempts beyond the first of their task.</param>
/// <param name="Workers">Workers that it knows.</param>
/// <param name="ShardHosts">Owners of shards that it knows.</param>
/// <param name="Epoch">Its number.</param>
internal sealed record CoordinatorFigures(
    ImmutableArray<(JobStatus Status, int Count)> Jobs,
    ImmutableArray<JobProtocol.JobProgressed> Progress,
    int WaitingTasks,
    int RunningTasks,
    long Failures,
    long Retries,
    int Workers,
    int ShardHosts,
    long Epoch);

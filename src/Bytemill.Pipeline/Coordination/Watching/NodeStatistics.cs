using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>How a node is, as it says itself.</summary>
/// <param name="Address"><c>host:port</c>.</param>
/// <param name="Roles">Its roles.</param>
/// <param name="Version">Version of the program.</param>
/// <param name="HostName">Name of the machine or container.</param>
/// <param name="StartedAt">When the process began, in milliseconds since 1970-01-01 UTC.</param>
/// <param name="ReportedAt">When the coordinator heard of it last, likewise, by its clock.</param>
/// <param name="Processors">Processors that it may use.</param>
/// <param name="CpuShare">What it uses of them: 1 for all of them all the time, over the last second.</param>
/// <param name="ResidentBytes">Bytes of its resident set.</param>
/// <param name="BudgetBytes">Bytes that it may take beside <see cref="MemoryPlan.RuntimeBytes"/>.</param>
/// <param name="SpillBytes">Bytes of the temporary files of its tasks at present.</param>
/// <param name="SpilledBytes">Bytes of all temporary files that have been, since it began.</param>
/// <param name="Workers">Tasks that its workers run at the same time at most.</param>
/// <param name="Tasks">What it runs.</param>
/// <param name="Shards">What it owns of the key spaces of jobs.</param>
/// <param name="DispatcherDelayMs">Longest that an actor's message to itself took in the last ten seconds.</param>
/// <param name="HeartbeatDelayMs">The same on the dispatcher that the cluster's heartbeats are on.</param>
public sealed record NodeStatistics(
    string Address,
    ImmutableArray<string> Roles,
    string Version,
    string HostName,
    long StartedAt,
    long ReportedAt,
    int Processors,
    double CpuShare,
    long ResidentBytes,
    long BudgetBytes,
    long SpillBytes,
    long SpilledBytes,
    int Workers,
    ImmutableArray<RunningTask> Tasks,
    ImmutableArray<OwnedShards> Shards,
    double DispatcherDelayMs,
    double HeartbeatDelayMs);

namespace Bytemill.Pipeline;

/// <summary>One task, in full.</summary>
/// <param name="Index">Its index, from 0.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Owner">
/// Who works on it or has done it, as <c>host:port/worker-0</c> or <c>host:port/shards</c>, or <c>coordinator</c>; empty when nobody, or when it was done before the
/// present coordinator took over.
/// </param>
/// <param name="Attempts">Attempts begun since the present coordinator took over.</param>
/// <param name="DoneUnits">Units done: bytes of text where the stage counts these, else tasks.</param>
/// <param name="TotalUnits">Units of the task; 0 as long as nobody has told.</param>
/// <param name="StartedAt">When the last attempt began, in milliseconds since 1970-01-01 UTC; 0 for not (known).</param>
/// <param name="ElapsedMs">For how long it has been running, or how long it took.</param>
/// <param name="Failure">Why the last attempt that came to nothing did; empty when there is none.</param>
/// <param name="IsStraggler">
/// Whether it runs and either has taken at least twice as long as the median of the stage's tasks would need for as many units, or is done
/// for the second time.
/// </param>
public sealed record TaskReport(
    int Index,
    TaskState State,
    string Owner,
    int Attempts,
    long DoneUnits,
    long TotalUnits,
    long StartedAt,
    long ElapsedMs,
    string Failure,
    bool IsStraggler);

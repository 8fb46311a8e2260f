namespace Bytemill.Pipeline;

/// <summary>How a stage came to be opened; with those before it, enough to find a job's script again.</summary>
/// <param name="Number">Number of the stage.</param>
/// <param name="From">The stage that it follows on, or is again; 0 for the first of a job.</param>
/// <param name="Entries">Sum of <see cref="TaskMetrics.Entries"/> with which that one was closed.</param>
/// <param name="IsAnew">Whether it is that stage once more, under this number.</param>
internal sealed record StageOpening(int Number, int From, long Entries, bool IsAnew)
{
    public JobScript Open(JobSpec spec, JobSize size, IReadOnlyDictionary<int, JobScript> earlier) =>
        From == 0 ? JobScript.Start(spec, size)
        : IsAnew ? earlier[From].Renumber(Number)
        : earlier[From].Advance(Entries);
}

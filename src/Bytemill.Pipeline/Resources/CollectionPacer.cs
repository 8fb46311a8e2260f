namespace Bytemill.Pipeline;

/// <summary>
/// When the heap of a process at its limit of memory is to be collected: the oftener the less is left, and the more rarely the less the
/// collections before have brought.
/// </summary>
/// <param name="limitBytes">Resident bytes from which on it helps to collect.</param>
/// <param name="mostBytes">Resident bytes that there should never be; more than <paramref name="limitBytes"/>.</param>
internal sealed class CollectionPacer(long limitBytes, long mostBytes)
{
    // A collection of the whole heap takes some ten milliseconds, in which everything stands still: a fiftieth of the time at the limit, and
    // the more the nearer the resident set comes to the most there may be.
    private const long MostPauses = 50;
    private const long FewestPauses = 3;

    // What is in use cannot be collected, and a process that spent its time on it would never let go of it.
    private const int MostDoublings = 8;

    private long _end;
    private long _took;
    private int _doublings;

    /// <summary>Whether to collect now.</summary>
    /// <param name="residentBytes">What is resident.</param>
    /// <param name="now">The time, in any unit.</param>
    public bool IsDue(long residentBytes, long now)
    {
        if (residentBytes < limitBytes)
        {
            return false;
        }

        long pauses = Math.Clamp(MostPauses * (mostBytes - residentBytes) / (mostBytes - limitBytes), FewestPauses, MostPauses);
        return now - _end >= (pauses << _doublings) * _took;
    }

    /// <summary>Takes note of a collection.</summary>
    /// <param name="before">Resident bytes at its begin.</param>
    /// <param name="after">Resident bytes at its end.</param>
    /// <param name="begin">Time of its begin.</param>
    /// <param name="end">Time of its end.</param>
    public void Collected(long before, long after, long begin, long end)
    {
        (_end, _took) = (end, end - begin);
        bool hasHelped = after < limitBytes || before - after >= (before - limitBytes) / 4;
        _doublings = hasHelped ? 0 : Math.Min(_doublings + 1, MostDoublings);
    }
}

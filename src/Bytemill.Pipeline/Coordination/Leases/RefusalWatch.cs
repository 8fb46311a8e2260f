namespace Bytemill.Pipeline;

/// <summary>Notices that a lease has been refused for so long that its owner cannot be dead: an owner that is, loses it by then.</summary>
/// <param name="limit">So long.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class RefusalWatch(TimeSpan limit, TimeProvider clock)
{
    private long? _since;

    /// <summary>The store has answered, or could not.</summary>
    /// <param name="isTaken">Whether the lease was given; <c>null</c> when there was no answer.</param>
    /// <returns>Whether it has been refused all the time until the limit.</returns>
    public bool Note(bool? isTaken)
    {
        if (isTaken is not false)
        {
            _since = null;
            return false;
        }

        _since ??= clock.GetTimestamp();
        return clock.GetElapsedTime(_since.Value) >= limit;
    }
}

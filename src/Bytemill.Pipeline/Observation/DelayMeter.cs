using System.Diagnostics;

namespace Bytemill.Pipeline;

/// <summary>How long messages wait before an actor gets them: the longest of the last ten seconds, one that still waits included.</summary>
internal sealed class DelayMeter
{
    private const int Seconds = 10;

    private readonly Func<long> _clock;
    private readonly Lock _gate = new();
    private readonly Queue<(long At, long Ticks)> _delays = new();
    private long _waitingSince;

    public DelayMeter()
        : this(Stopwatch.GetTimestamp)
    {
    }

    /// <param name="clock">As <see cref="Stopwatch.GetTimestamp"/>.</param>
    internal DelayMeter(Func<long> clock) => _clock = clock;

    /// <summary>The longest, in milliseconds; 0 when nothing has been sent.</summary>
    public double LongestMs
    {
        get
        {
            lock (_gate)
            {
                long now = _clock();
                Forget(now);
                long longest = _delays.Count == 0 ? 0 : _delays.Max(delay => delay.Ticks);
                return Math.Max(longest, _waitingSince == 0 ? 0 : now - _waitingSince) * 1000.0 / Stopwatch.Frequency;
            }
        }
    }

    /// <summary>A message is sent; returns when.</summary>
    public long Sent()
    {
        lock (_gate)
        {
            long now = _clock();
            _waitingSince = _waitingSince == 0 ? now : _waitingSince;
            return now;
        }
    }

    /// <summary>It has come.</summary>
    /// <param name="sentAt">What <see cref="Sent"/> returned.</param>
    public void Received(long sentAt)
    {
        lock (_gate)
        {
            long now = _clock();
            _waitingSince = 0;
            _delays.Enqueue((now, now - sentAt));
            Forget(now);
        }
    }

    private void Forget(long now)
    {
        while (_delays.TryPeek(out (long At, long Ticks) oldest) && now - oldest.At > Seconds * Stopwatch.Frequency)
        {
            _delays.Dequeue();
        }
    }
}

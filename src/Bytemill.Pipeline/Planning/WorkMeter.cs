using System.Diagnostics;

namespace Bytemill.Pipeline;

/// <summary>Adds up the time of one thread's work: the clock's, or the process's processor time where that is less, since another program may have
/// had the processor meanwhile.</summary>
internal sealed class WorkMeter
{
    private long _startedAt;
    private TimeSpan _processorAt;

    public double Seconds { get; private set; }

    public void Start()
    {
        _processorAt = Environment.CpuUsage.TotalTime;
        _startedAt = Stopwatch.GetTimestamp();
    }

    public void Stop()
    {
        double elapsed = Stopwatch.GetElapsedTime(_startedAt).TotalSeconds;
        double processor = (Environment.CpuUsage.TotalTime - _processorAt).TotalSeconds;
        // The processor's time comes in ticks of up to 10 ms.
        Seconds += processor > 0.02 ? Math.Min(elapsed, processor) : elapsed;
    }

    /// <summary>Times one piece of work.</summary>
    public static double Time(Action work)
    {
        var meter = new WorkMeter();
        meter.Start();
        work();
        meter.Stop();
        return meter.Seconds;
    }
}

using System.Diagnostics;

namespace Bytemill.Measuring;

/// <summary>What two threads can gain on this machine at all, since two processors may be one core.</summary>
public static class TwoThreads
{
    private const int Numbers = 8_000_000;

    /// <summary>How many times as much plain independent work (sorting) two threads do in the time of one: median of 3.</summary>
    public static double Calibrate()
    {
        Sort(2);
        double[] gains = [.. Enumerable.Range(0, 3).Select(_ => Sort(1) / Sort(2)).Order()];
        return gains[1];
    }

    private static double Sort(int threads)
    {
        long[][] data = [.. Enumerable.Range(0, threads).Select(seed => Fill(new Random(seed)))];
        Stopwatch clock = Stopwatch.StartNew();
        Thread[] workers = [.. data.Select(values => new Thread(() => Array.Sort(values)))];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
        return clock.Elapsed.TotalSeconds / threads;
    }

    private static long[] Fill(Random random) => [.. Enumerable.Range(0, Numbers).Select(_ => random.NextInt64())];
}

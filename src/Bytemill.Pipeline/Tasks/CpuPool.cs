using System.Collections.Concurrent;

namespace Bytemill.Pipeline;

/// <summary>
/// The threads on which all computing of a node happens. Their own, and below normal priority, so that the actor system's
/// dispatchers and its heartbeats keep running when every core is busy.
/// </summary>
internal sealed class CpuPool : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread[] _threads;

    /// <summary>Number of threads.</summary>
    public int Threads => _threads.Length;

    /// <param name="threads">How many.</param>
    /// <param name="givesWay">
    /// Whether whatever else wants a core has it first: in a cluster, where others wait for this node's heartbeats.
    /// </param>
    public CpuPool(int threads, bool givesWay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _threads = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(() => Work(givesWay))
            {
                IsBackground = true,
                Name = $"bytemill-cpu-{i}",
                Priority = ThreadPriority.BelowNormal,
            };
            _threads[i].Start();
        }
    }

    /// <summary>Runs <paramref name="body"/> on a thread of the pool; its exception or cancellation ends up in the task.</summary>
    public Task<T> Run<T>(Func<T> body, CancellationToken cancellation)
    {
        // Continuations run elsewhere: a pool thread must not be taken by whoever awaits.
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(
            () =>
            {
                try
                {
                    cancellation.ThrowIfCancellationRequested();
                    completion.SetResult(body());
                }
                catch (OperationCanceledException e) when (cancellation.IsCancellationRequested)
                {
                    completion.SetCanceled(e.CancellationToken);
                }
#pragma warning disable CA1031 // The exception is the result of the task; whoever awaits it decides.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    completion.SetException(e);
                }
            },
            CancellationToken.None);
        return completion.Task;
    }

    /// <summary>Takes no more work and waits until the threads have ended what they began.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _work.Dispose();
    }

    private void Work(bool givesWay)
    {
        if (givesWay)
        {
            ThreadNiceness.Lower();
        }

        foreach (Action action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }
}

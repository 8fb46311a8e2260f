using Akka.Dispatch;

namespace Bytemill.Pipeline;

/// <summary>
/// A few threads of a dispatcher's own, which sleep while nothing is to be done. Those of Akka.NET's <c>fork-join-executor</c> give the
/// core away a hundred times before they sleep (its <c>UnfairSemaphore</c>): of a node that idles among others, half of what it costs.
/// </summary>
internal sealed class OwnThreads : ExecutorService
{
    private readonly object _lock = new();
    private readonly Queue<IRunnable> _work = [];
    private readonly Action<Exception> _onFault;
    private bool _isShutDown;

    /// <param name="id">The dispatcher's name, which the threads get too.</param>
    /// <param name="count">How many threads.</param>
    /// <param name="onFault">Told what a mailbox could not handle itself; the thread goes on with the next one.</param>
    public OwnThreads(string id, int count, Action<Exception> onFault)
        : base(id)
    {
        _onFault = onFault;
        for (int i = 0; i < count; i++)
        {
            new Thread(Work) { IsBackground = true, Name = id }.Start();
        }
    }

    /// <inheritdoc/>
    public override void Execute(IRunnable run)
    {
        lock (_lock)
        {
            if (_isShutDown)
            {
                throw new RejectedExecutionException($"{Id} is shut down");
            }

            _work.Enqueue(run);

            // Not SemaphoreSlim or BlockingCollection, which turn before they sleep as well.
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>What waits is still done; nothing more is taken.</summary>
    public override void Shutdown()
    {
        lock (_lock)
        {
            _isShutDown = true;
            Monitor.PulseAll(_lock);
        }
    }

    private void Work()
    {
        while (Next() is { } run)
        {
            try
            {
                run.Run();
            }
#pragma warning disable CA1031 // A mailbox's own fault must not take the other mailboxes of the dispatcher with it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _onFault(e);
            }
        }
    }

    private IRunnable? Next()
    {
        lock (_lock)
        {
            while (_work.Count == 0)
            {
                if (_isShutDown)
                {
                    return null;
                }

                Monitor.Wait(_lock);
            }

            return _work.Dequeue();
        }
    }
}

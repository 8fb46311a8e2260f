namespace Bytemill.Corpus;

/// <summary>
/// Runs asynchronous work to its end on the calling thread. The decoding library hops to the thread pool for each page and
/// goes on where it was; without this, the decoding of a caller's own low-priority thread would end up on the pool, where
/// the cluster's heartbeats wait.
/// </summary>
internal sealed class InlineContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = [];

    private InlineContext()
    {
    }

    /// <param name="work">Its own awaits must go back to the context (ConfigureAwait(true)).</param>
    public static void Run(Func<Task> work)
    {
        SynchronizationContext? outer = Current;
        InlineContext context = new();
        SetSynchronizationContext(context);
        try
        {
            Task task = work();
            if (!task.IsCompleted)
            {
                _ = task.ContinueWith(
                    _ => context.Post(static _ => { }, null),
                    CancellationToken.None,
                    TaskContinuationOptions.None,
                    TaskScheduler.Default);
                context.Pump(task);
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_queue)
        {
            _queue.Enqueue((d, state));
            Monitor.Pulse(_queue);
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    private void Pump(Task until)
    {
        while (!until.IsCompleted)
        {
            (SendOrPostCallback callback, object? state) next;
            lock (_queue)
            {
                while (_queue.Count == 0)
                {
                    Monitor.Wait(_queue);
                }

                next = _queue.Dequeue();
            }

            next.callback(next.state);
        }
    }
}

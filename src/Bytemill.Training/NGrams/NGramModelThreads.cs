using System.Runtime.ExceptionServices;

namespace Bytemill.Training;

/// <summary>Runs numbered tasks on a few threads of its own and the caller's; the first failure stops all.</summary>
internal sealed class NGramModelThreads
{
    private readonly int _threads;
    private readonly CancellationToken _ct;
    private readonly object _gate = new();
    private int _next;
    private int _turn;
    private ExceptionDispatchInfo? _failure;

    public NGramModelThreads(int threads, CancellationToken ct)
    {
        (_threads, _ct) = (threads, ct);
    }

    /// <summary>Runs all tasks; they begin in order. Returns when the last has ended.</summary>
    /// <param name="tasks">How many.</param>
    /// <param name="body">Takes the number of the thread and that of the task.</param>
    public void Run(int tasks, Action<int, int> body)
    {
        (_next, _turn, _failure) = (0, 0, null);
        var threads = new Thread[Math.Max(0, Math.Min(_threads, tasks) - 1)];
        ThreadPriority priority = Thread.CurrentThread.Priority;
        for (int i = 0; i < threads.Length; i++)
        {
            int number = i + 1;
            threads[i] = new Thread(() => Work(number, tasks, body)) { IsBackground = true, Priority = priority, Name = "bytemill-model" };
            threads[i].Start();
        }

        Work(0, tasks, body);
        Array.ForEach(threads, thread => thread.Join());
        _failure?.Throw();
    }

    /// <summary>Runs a part of task <paramref name="task"/> after the same part of all tasks before it.</summary>
    public void InTurn(int task, Action body)
    {
        lock (_gate)
        {
            while (_turn != task)
            {
                if (_failure is not null)
                {
                    throw new OperationCanceledException();
                }

                Monitor.Wait(_gate);
            }
        }

        body();
        lock (_gate)
        {
            _turn++;
            Monitor.PulseAll(_gate);
        }
    }

    private void Work(int thread, int tasks, Action<int, int> body)
    {
        try
        {
            for (int task = Take(); task < tasks; task = Take())
            {
                _ct.ThrowIfCancellationRequested();
                body(thread, task);
            }
        }
#pragma warning disable CA1031 // Thrown again by Run.
        catch (Exception e)
#pragma warning restore CA1031
        {
            lock (_gate)
            {
                _failure ??= ExceptionDispatchInfo.Capture(e);
                Monitor.PulseAll(_gate);
            }
        }
    }

    private int Take()
    {
        lock (_gate)
        {
            return _failure is null ? _next++ : int.MaxValue;
        }
    }
}

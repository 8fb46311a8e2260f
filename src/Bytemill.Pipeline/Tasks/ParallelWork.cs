using System.Runtime.ExceptionServices;

namespace Bytemill.Pipeline;

/// <summary>What one task does on several threads.</summary>
internal static class ParallelWork
{
    /// <summary>Does something with each of some items; when several fail, the exception of one of them is thrown as it is.</summary>
    /// <param name="context">Of the task.</param>
    /// <param name="atOnce">Items at the same time, at most.</param>
    /// <param name="items">The items.</param>
    /// <param name="action">What to do with one.</param>
    public static void ForAll<T>(TaskContext context, int atOnce, IEnumerable<T> items, Action<T> action) => ForAll(atOnce, items, action, context.Cancellation);

    /// <summary>Does something with each of some items; when several fail, the exception of one of them is thrown as it is.</summary>
    /// <param name="atOnce">Items at the same time, at most.</param>
    /// <param name="items">The items.</param>
    /// <param name="action">What to do with one.</param>
    /// <param name="cancellation">Breaks it off.</param>
    public static void ForAll<T>(int atOnce, IEnumerable<T> items, Action<T> action, CancellationToken cancellation)
    {
        try
        {
            Parallel.ForEach(items, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation }, action);
        }
        catch (AggregateException e)
        {
            // One is enough to have all of them looked at.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}

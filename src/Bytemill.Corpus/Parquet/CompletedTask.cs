namespace Bytemill.Corpus;

/// <summary>
/// Does work at once, on the calling thread, and wraps what came of it. An await then goes on without leaving the thread:
/// workers call from threads of their own and must not be carried to the thread pool by opening a file.
/// </summary>
internal static class CompletedTask
{
    public static Task<T> Of<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            return Task.FromResult(work());
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }
        catch (Exception error)
        {
            return Task.FromException<T>(error);
        }
    }
}

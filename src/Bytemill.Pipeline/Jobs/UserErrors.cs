using Bytemill.Corpus;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>How an exception is told to users.</summary>
public static class UserErrors
{
    // ENOSPC and EDQUOT of Linux; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL of Windows.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>Whether the input or an option is at fault, so that trying again cannot help.</summary>
    public static bool IsInputError(Exception exception) =>
        Unwrap(exception) is CorpusException or JobInputException or ModelFormatException;

    /// <summary>One line; the type of an unexpected exception is named, since its message alone may say little.</summary>
    public static string Describe(Exception exception)
    {
        Exception cause = Unwrap(exception);
        if (cause is OutOfMemoryException)
        {
            return "The memory of the process does not suffice; give it more with --memory, or fewer --workers.";
        }

        string message = cause.Message.ReplaceLineEndings(" ");
        return IsInputError(cause) || cause is IOException or UnauthorizedAccessException or JobLostException ? message : $"{cause.GetType().Name}: {message}";
    }

    /// <summary>Whether a disk is full, or its user has no more room on it.</summary>
    public static bool IsDiskFull(Exception exception) =>
        Unwrap(exception) is IOException { HResult: var code } && code is NoSpace or QuotaExceeded or WindowsDiskFull or WindowsHandleDiskFull;

    /// <summary>Whether a disk or an object store could not be used, which may pass.</summary>
    public static bool IsStorageFault(Exception exception) => Unwrap(exception) is IOException or UnauthorizedAccessException;

    /// <summary>Whether an object store did not answer: no fault of what was asked for.</summary>
    public static bool IsStoreOutage(Exception exception) =>
        exception is StoreUnavailableException
        || (exception is AggregateException { InnerExceptions: [var first, ..] } ? IsStoreOutage(first) : exception.InnerException is { } cause && IsStoreOutage(cause));

    /// <summary>Whether a file that an earlier task wrote is damaged or not there.</summary>
    public static bool IsWorkFileFault(Exception exception) =>
        Unwrap(exception) is RunFormatException or FileNotFoundException or DirectoryNotFoundException;

    // Of several that failed at the same time one is told; the others are mostly of the same cause.
    private static Exception Unwrap(Exception exception) =>
        exception is AggregateException { InnerExceptions: [var first, ..] } ? Unwrap(first) : exception;
}

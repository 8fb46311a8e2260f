using Bytemill.Corpus;
using Bytemill.Tokenization;

namespace Bytemill.Pipeline;

/// <summary>How an exception is told to users.</summary>
public static class UserErrors
{
    /// <summary>Whether the input or an option is at fault, so that trying again cannot help.</summary>
    public static bool IsInputError(Exception exception) =>
        Unwrap(exception) is CorpusException or JobInputException or ModelFormatException;

    /// <summary>One line; the type of an unexpected exception is named, since its message alone may say little.</summary>
    public static string Describe(Exception exception)
    {
        Exception cause = Unwrap(exception);
        string message = cause.Message.ReplaceLineEndings(" ");
        return IsInputError(cause) || cause is IOException or UnauthorizedAccessException ? message : $"{cause.GetType().Name}: {message}";
    }

    private static Exception Unwrap(Exception exception) =>
        exception is AggregateException { InnerExceptions.Count: 1 } aggregate ? Unwrap(aggregate.InnerExceptions[0]) : exception;
}

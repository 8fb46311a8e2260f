namespace Bytemill.Corpus;

/// <summary>
/// An input that cannot be used. The message is one line for users: where (file, row group, row, column), what was
/// found, what to do.
/// </summary>
public sealed class CorpusException : Exception
{
    public CorpusException()
        : this("The corpus cannot be read.")
    {
    }

    public CorpusException(string message)
        : base(OneLine(message))
    {
    }

    public CorpusException(string message, Exception? innerException)
        : base(OneLine(message), innerException)
    {
    }

    /// <summary>What is at fault.</summary>
    public CorpusFault Fault { get; init; }

    private static string OneLine(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.AsSpan().IndexOfAny('\r', '\n') < 0
            ? message
            : string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}

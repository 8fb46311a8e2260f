namespace Bytemill.Corpus;

/// <summary>An object store does not answer, though it was asked several times: what it holds is as it was, and a later question may be answered.</summary>
public sealed class StoreUnavailableException : IOException
{
    /// <summary>Without details.</summary>
    public StoreUnavailableException()
        : this("The object store does not answer.")
    {
    }

    /// <param name="message">One line: what was asked for, what came of it, what to do.</param>
    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    /// <param name="message">One line: what was asked for, what came of it, what to do.</param>
    /// <param name="innerException">The cause.</param>
    public StoreUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

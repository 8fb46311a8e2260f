namespace Bytemill.Pipeline;

/// <summary>A job cannot be done as asked: the input or an option is at fault. The message is one line that says what to do.</summary>
public sealed class JobInputException : Exception
{
    /// <summary>Without details.</summary>
    public JobInputException()
        : this("The job cannot be done as asked.")
    {
    }

    /// <param name="message">One line: where, what was found, what to do.</param>
    public JobInputException(string message)
        : base(message)
    {
    }

    /// <param name="message">One line: where, what was found, what to do.</param>
    /// <param name="innerException">The cause.</param>
    public JobInputException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

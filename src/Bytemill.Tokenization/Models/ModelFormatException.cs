namespace Bytemill.Tokenization;

/// <summary>A model that cannot be read. The message says where, what was found, what was expected and what to do.</summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>An exception without a message.</summary>
    public ModelFormatException()
    {
    }

    /// <summary>An exception with a message for users.</summary>
    public ModelFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a message for users and its cause.</summary>
    public ModelFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

namespace Bytemill.Tokenization;

/// <summary>A model that a foreign format cannot hold. The message says what, why and what to do.</summary>
public sealed class ModelExportException : Exception
{
    /// <summary>An exception without a message.</summary>
    public ModelExportException()
    {
    }

    /// <summary>An exception with a message for users.</summary>
    public ModelExportException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a message for users and its cause.</summary>
    public ModelExportException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

namespace Bytemill.Chaos;

/// <summary>The trial itself cannot go on, or was started wrongly; the message says what to do.</summary>
public sealed class ChaosException : Exception
{
    public ChaosException(string message)
        : base(message)
    {
    }

    public ChaosException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public ChaosException()
    {
    }
}

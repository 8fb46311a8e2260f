namespace Bytemill.Web.Models;

/// <summary>A model cannot be had; the message says why, for the user.</summary>
public sealed class ModelUnavailableException : Exception
{
    public ModelUnavailableException(string message)
        : base(message)
    {
    }

    public ModelUnavailableException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

namespace Bytemill.App;

/// <summary>What was asked for cannot be done as things stand.</summary>
/// <param name="message">Why; for the user.</param>
internal sealed class RefusedException(string message) : Exception(message);

using Akka.Actor;

namespace Bytemill.Pipeline;

/// <summary>Why a node ends: its coordinator cannot go on, and starting it again would not help.</summary>
/// <param name="message">One line for the user.</param>
public sealed class CoordinatorGaveUp(string message) : CoordinatedShutdown.Reason
{
    /// <inheritdoc/>
    public override int ExitCode => 1;

    /// <summary>One line for the user.</summary>
    public string Message { get; } = message;

    /// <summary>Why the coordinator of this system gave up; <c>null</c> when it has not.</summary>
    public static string? ReasonOf(ActorSystem system) => (CoordinatedShutdown.Get(system).ShutdownReason as CoordinatorGaveUp)?.Message;
}

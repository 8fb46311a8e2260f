using Akka.Actor;

namespace Bytemill.Pipeline;

/// <summary>Tells the coordinator to stop, when the singleton moves to another node.</summary>
internal sealed record StopCoordinator : INoSerializationVerificationNeeded
{
    public static StopCoordinator Instance { get; } = new();
}

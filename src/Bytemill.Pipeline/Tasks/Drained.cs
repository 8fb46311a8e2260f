using Akka.Actor;

namespace Bytemill.Pipeline;

/// <summary>Nothing runs any more, and nothing will.</summary>
internal sealed record Drained : INoSerializationVerificationNeeded
{
    public static Drained Instance { get; } = new();
}

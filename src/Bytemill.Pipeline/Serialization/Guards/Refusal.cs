using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Event;

namespace Bytemill.Pipeline;

/// <summary>What becomes of a message that no node sends to another.</summary>
internal static class Refusal
{
    // A stranger may send as long a name as fits a frame.
    private const int MaxNameLength = 200;

    /// <summary>Logs the message; the connection that it came by lives on.</summary>
    /// <returns>The exception to throw.</returns>
    public static SerializationException Of(ActorSystem system, int serializerId, string? manifest)
    {
        // Serializers that know their type by themselves send none.
        manifest ??= "";
        string name = manifest.Length <= MaxNameLength ? manifest : manifest[..MaxNameLength] + "…";
        // Not kept by the serializers: they are made before there is a log.
        Logging.GetLogger(system, typeof(Refusal)).Warning("Refused a message of serializer {Serializer}, '{Manifest}': no node of Bytemill sends it. Who can reach this port?", serializerId, name);
        return new SerializationException(FormattableString.Invariant($"Refused: serializer {serializerId}, manifest '{name}'."));
    }
}

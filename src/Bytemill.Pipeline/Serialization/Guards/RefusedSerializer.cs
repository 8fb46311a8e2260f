using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace Bytemill.Pipeline;

/// <summary>
/// Stands in for a serializer of Akka.NET that makes objects of whatever type a message names. Strict serialization keeps this
/// node from using those; this keeps others from using them on it. <c>base.conf</c> says which.
/// </summary>
internal sealed class RefusedSerializer : SerializerWithStringManifest
{
    /// <param name="system">The actor system.</param>
    /// <param name="config"><c>identifier</c>: of the serializer that this one stands in for.</param>
    public RefusedSerializer(ExtendedActorSystem system, Config config)
        : base(system)
    {
        Identifier = config.GetInt("identifier");
    }

    public override int Identifier { get; }

    // By a string, so that the named type is not even looked for.
    public override string Manifest(object o) => "";

    public override byte[] ToBinary(object obj) =>
        throw new SerializationException($"{obj.GetType()} has no wire form. Messages between nodes are {nameof(IWireMessage)}.");

    public override object FromBinary(byte[] bytes, string manifest) => throw Refusal.Of(system, Identifier, manifest);
}

using Akka.Actor;
using Akka.Serialization;

namespace Bytemill.Tests;

/// <summary>Bytes that go to the wire under any serializer's number and any type's name.</summary>
internal sealed record RawMessage(int SerializerId, string Manifest, byte[] Bytes)
{
    /// <param name="system">The actor system.</param>
    /// <param name="id">The number.</param>
    /// <param name="answers">Reads answers that come under the same number.</param>
    internal sealed class Serializer(ExtendedActorSystem system, int id, SerializerWithStringManifest? answers) : SerializerWithStringManifest(system)
    {
        public override int Identifier => id;

        public override string Manifest(object o) => ((RawMessage)o).Manifest;

        public override byte[] ToBinary(object obj) => ((RawMessage)obj).Bytes;

        public override object FromBinary(byte[] bytes, string manifest) =>
            (answers ?? throw new NotSupportedException("Only sends.")).FromBinary(bytes, manifest);
    }
}

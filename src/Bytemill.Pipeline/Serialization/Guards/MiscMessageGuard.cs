using System.Collections.Frozen;
using Akka.Actor;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace Bytemill.Pipeline;

/// <summary>
/// Lets in those messages of Akka.NET's <see cref="MiscMessageSerializer"/> that a cluster needs. Others end actors, parse
/// configuration, or call a constructor of whatever type they name as an exception.
/// </summary>
internal sealed class MiscMessageGuard : SerializerWithStringManifest
{
    // Identify, ActorIdentity, an actor's address, a watcher's heartbeat and the answer to it.
    private static readonly FrozenSet<string> s_admitted = FrozenSet.Create(StringComparer.Ordinal, "ID", "AID", "AR", "RWHB", "RWHR");

    private readonly MiscMessageSerializer _inner;

    public MiscMessageGuard(ExtendedActorSystem system)
        : base(system)
    {
        _inner = new MiscMessageSerializer(system);
    }

    public override int Identifier => _inner.Identifier;

    public override string Manifest(object o) => _inner.Manifest(o);

    public override byte[] ToBinary(object obj) => _inner.ToBinary(obj);

    public override object FromBinary(byte[] bytes, string manifest) =>
        manifest is not null && s_admitted.Contains(manifest) ? _inner.FromBinary(bytes, manifest) : throw Refusal.Of(system, Identifier, manifest);
}

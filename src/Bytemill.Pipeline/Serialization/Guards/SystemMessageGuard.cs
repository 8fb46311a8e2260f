using System.Collections.Frozen;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Remote.Serialization;
using Akka.Serialization;
using Akka.Util;

namespace Bytemill.Pipeline;

/// <summary>
/// Lets in those messages of Akka.NET's <see cref="SystemMessageSerializer"/> by which nodes watch each other's actors. Others
/// end or restart actors, or call a constructor of whatever type they name as an exception; they serve deploying actors on other
/// nodes, which nobody does here.
/// </summary>
internal sealed class SystemMessageGuard : SerializerWithStringManifest
{
    private static readonly FrozenDictionary<string, Type> s_admitted =
        new[] { typeof(Watch), typeof(Unwatch), typeof(DeathWatchNotification) }.ToFrozenDictionary(type => type.TypeQualifiedName(), StringComparer.Ordinal);

    private readonly SystemMessageSerializer _inner;

    public SystemMessageGuard(ExtendedActorSystem system)
        : base(system)
    {
        _inner = new SystemMessageSerializer(system);
    }

    public override int Identifier => _inner.Identifier;

    public override string Manifest(object o) => o.GetType().TypeQualifiedName();

    public override byte[] ToBinary(object obj) => _inner.ToBinary(obj);

    public override object FromBinary(byte[] bytes, string manifest) =>
        manifest is not null && s_admitted.TryGetValue(manifest, out Type? type) ? _inner.FromBinary(bytes, type) : throw Refusal.Of(system, Identifier, manifest);
}

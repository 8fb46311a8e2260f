using Akka.Actor;

namespace Bytemill.Pipeline;

/// <summary>Names of actors that are unique in the cluster and readable in logs.</summary>
internal static class NodeIdentity
{
    /// <returns><c>host:port/name</c> of this node.</returns>
    public static string Of(ActorSystem system, string name) => $"{Of(system)}/{name}";

    /// <returns><c>host:port</c> of this node.</returns>
    public static string Of(ActorSystem system)
    {
        Address address = ((ExtendedActorSystem)system).Provider.DefaultAddress;
        return FormattableString.Invariant($"{address.Host}:{address.Port}");
    }
}

using Akka.Actor;

namespace Bytemill.Pipeline;

/// <summary>Names of actors that are unique in the cluster and readable in logs.</summary>
internal static class NodeIdentity
{
    /// <returns><c>host:port/name</c> of this node.</returns>
    public static string Of(ActorSystem system, string name)
    {
        Address address = Akka.Cluster.Cluster.Get(system).SelfAddress;
        return FormattableString.Invariant($"{address.Host}:{address.Port}/{name}");
    }
}

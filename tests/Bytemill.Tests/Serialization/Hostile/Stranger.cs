using System.Collections.Immutable;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace Bytemill.Tests;

/// <summary>A plain actor system that is no node, reaches a node's port, and knows Akka.NET's protocol.</summary>
internal static class Stranger
{
    private const string Config =
        """
        akka {
          actor.provider = remote
          loglevel = ERROR
          stdout-loglevel = ERROR
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
        }
        """;

    /// <param name="name">Name of the system.</param>
    /// <param name="rawSerializerId">Number under which it sends <see cref="RawMessage"/>.</param>
    public static ActorSystem Start(string name, int? rawSerializerId = null)
    {
        ActorSystemSetup setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(Config)));
        return ActorSystem.Create(name, rawSerializerId is not { } id ? setup : setup.And(SerializationSetup.Create(system =>
            ImmutableHashSet.Create(SerializerDetails.Create("raw", new RawMessage.Serializer(system, id, id == 16 ? new MiscMessageSerializer(system) : null), ImmutableHashSet.Create(typeof(RawMessage)))))));
    }

    public static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    /// <summary>Deploys an actor of a type of its choice on the other side, as Akka.NET's remote deployment does.</summary>
    public static void Deploy(ActorSystem stranger, Address victim) =>
        stranger.ActorOf(Props.Create<Gadget.Actor>().WithDeploy(Akka.Actor.Deploy.None.WithScope(new RemoteScope(victim))));
}

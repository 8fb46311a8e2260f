using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Util;
using Bytemill.App;
using Bytemill.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bytemill.Tests;

/// <summary>Messages by which a stranger who reaches the port would have a node make objects of types that the message names.</summary>
[Collection(CommandTests.Name)]
public sealed class HostileMessageTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    // What it is, and under which serializer's number it comes. These make a Gadget of an actor system that lets them in...
    public static TheoryData<string, int> Makers => new()
    {
        { "json", 1 },
        { "protobuf by type name", 2 },
        { "deployment", 3 },
        { "failure", 16 },
        { "recreate", 22 },
    };

    // ... and these do other harm.
    public static TheoryData<string, int> Others => new()
    {
        { "configuration", 16 },
        { "poison", 16 },
        { "terminate", 22 },
        { "delivery", 36 },
    };

    [Theory]
    [MemberData(nameof(Makers))]
    [MemberData(nameof(Others))]
    public async Task Node_HostileMessage_IsRefusedAndLoggedAndTheConnectionLives(string attack, int serializer)
    {
        using IHost host = await NodeHost.StartAsync(new NodeOptions { Workers = 1, MemoryBytes = 4 << 20 }, NodeLogging.WarningsOnly);
        ActorSystem node = host.Services.GetRequiredService<ActorSystem>();
        var log = Inbox.Create(node);
        node.EventStream.Subscribe(log.Receiver, typeof(Warning));
        using ActorSystem stranger = Stranger.Start("stranger", serializer);
        Gadget.Reset();
        Address victim = Stranger.AddressOf(node);
        Attack(attack, stranger, victim);
        Warning warning;
        do
        {
            warning = (Warning)log.Receive(s_limit);
        }
        while (warning.LogClass != typeof(Refusal));

        Assert.Contains($"serializer {serializer}", warning.ToString(), StringComparison.Ordinal);

        // What it asks next is answered, by an actor that is still there.
        ActorIdentity identity = await TargetOf(stranger, victim).Ask<ActorIdentity>(new Identify(1), s_limit, TestContext.Current.CancellationToken);
        Assert.NotNull(identity.Subject);
        Assert.False(Gadget.Made.IsCompleted);
        await host.StopAsync(CancellationToken.None);
    }

    [Theory]
    [MemberData(nameof(Makers))]
    public async Task PlainActorSystem_SameMessage_MakesTheObject(string attack, int serializer)
    {
        // Else the test above would show nothing.
        using ActorSystem victim = Stranger.Start(PipelineHosting.SystemName);
        victim.ActorOf(Props.Create(() => new Gadgetless()), "shards");
        using ActorSystem stranger = Stranger.Start("stranger", serializer);
        Gadget.Reset();
        Attack(attack, stranger, Stranger.AddressOf(victim));
        await Gadget.Made.WaitAsync(s_limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Node_SerializersOfAkka_AreTheOnesThatWereLookedInto()
    {
        using IHost host = await NodeHost.StartAsync(new NodeOptions { Workers = 1, MemoryBytes = 4 << 20 }, NodeLogging.WarningsOnly);
        ActorSystem node = host.Services.GetRequiredService<ActorSystem>();
        Config config = node.Settings.Config.GetConfig("akka.actor.serializers");

        // A new one, by a new version or package, is to be looked into: does it make objects by type names that others send? Then
        // base.conf refuses it, if nobody needs it, or something guards it.
        Assert.Equal(
            [
                "akka-cluster-client: RefusedSerializer",
                "akka-cluster: ClusterMessageSerializer",
                "akka-containers: MessageContainerSerializer",
                "akka-data-replication: RefusedSerializer",
                "akka-misc: MiscMessageGuard",
                "akka-persistence-message: RefusedSerializer",
                "akka-persistence-snapshot: RefusedSerializer",
                "akka-pubsub: RefusedSerializer",
                "akka-replicated-data: RefusedSerializer",
                "akka-sharding: RefusedSerializer",
                "akka-singleton: ClusterSingletonMessageSerializer",
                "akka-stream-ref: RefusedSerializer",
                "akka-system-msg: SystemMessageGuard",
                "bytes: ByteArraySerializer",
                "daemon-create: RefusedSerializer",
                "json: RefusedSerializer",
                "primitive: PrimitiveSerializers",
                "proto: RefusedSerializer",
                "reliable-delivery: RefusedSerializer",
            ],
            config.AsEnumerable().Select(entry => $"{entry.Key}: {entry.Value.GetString().Split(',')[0].Split('.')[^1]}").Order(StringComparer.Ordinal));
        await host.StopAsync(CancellationToken.None);
    }

    private static void Attack(string attack, ActorSystem stranger, Address victim)
    {
        IActorRef target = TargetOf(stranger, victim);
        string gadget = typeof(Gadget).TypeQualifiedName();
        switch (attack)
        {
            case "json":
                target.Tell(new RawMessage(1, gadget, Encoding.UTF8.GetBytes($$"""{"$type":"{{gadget}}"}""")));
                break;
            case "protobuf by type name":
                target.Tell(new RawMessage(2, gadget, []));
                break;
            case "deployment":
                using (ActorSystem plain = Stranger.Start("stranger"))
                {
                    Stranger.Deploy(plain, victim);
                    plain.ActorSelection(target.Path).ResolveOne(s_limit).GetAwaiter().GetResult();
                }

                break;
            case "failure":
                target.Tell(new RawMessage(16, "STF", Plain(new Status.Failure(new Gadget.MakingException()))));
                break;
            case "configuration":
                target.Tell(new RawMessage(16, "CF", Plain(ConfigurationFactory.ParseString("a = 1"))));
                break;
            case "poison":
                target.Tell(new RawMessage(16, "PP", []));
                break;
            case "recreate":
                target.Tell(new RawMessage(22, typeof(Recreate).TypeQualifiedName(), Plain(new Recreate(new Gadget.MakingException()))));
                break;
            case "terminate":
                target.Tell(new RawMessage(22, typeof(Terminate).TypeQualifiedName(), []));
                break;
            case "delivery":
                target.Tell(new RawMessage(36, "k", []));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(attack), attack, "No such attack.");
        }
    }

    // The bytes that Akka.NET writes.
    private static byte[] Plain(object message)
    {
        using ActorSystem plain = Stranger.Start("plain");
        return plain.Serialization.Serialize(message);
    }

    private static IActorRef TargetOf(ActorSystem stranger, Address victim) =>
        ((ExtendedActorSystem)stranger).Provider.ResolveActorRef(new RootActorPath(victim) / "user" / "shards");

    private sealed class Gadgetless : ReceiveActor
    {
        public Gadgetless() => ReceiveAny(_ => { });
    }
}

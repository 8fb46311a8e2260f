using Akka;
using Akka.Actor;

namespace Bytemill.Pipeline;

/// <summary>Tells who runs tasks on a node that this node leaves: stop, give everything back. Answered by <see cref="Drained"/>.</summary>
internal sealed record Drain : INoSerializationVerificationNeeded
{
    // The phase of the shutdown has a timeout in base.conf; this one only ends the question.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    public static Drain Instance { get; } = new();

    /// <summary>Lets the node leave its cluster only when <paramref name="runner"/> runs nothing any more.</summary>
    public static void BeforeLeaving(ActorSystem system, IActorRef runner) =>
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, $"drain-{runner.Path.Name}", async () =>
        {
            await runner.Ask<Drained>(Instance, s_limit).ConfigureAwait(false);
            return Done.Instance;
        });
}

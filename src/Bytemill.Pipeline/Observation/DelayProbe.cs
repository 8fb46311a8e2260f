using Akka.Actor;

namespace Bytemill.Pipeline;

/// <summary>
/// One of two actors, on different dispatchers, that send each other messages: how long these wait tells whether a dispatcher has threads to
/// run on. An actor that sent to itself would get its message in the same turn.
/// </summary>
internal sealed class DelayProbe : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    private IActorRef? _other;

    /// <param name="own">Of the dispatcher that this one is on.</param>
    /// <param name="others">Of the one that the other is on.</param>
    public DelayProbe(DelayMeter own, DelayMeter others)
    {
        Receive<Meet>(meet => _other = meet.Other);
        Receive<Tick>(_ => _other?.Tell(new Ping(others.Sent())));
        Receive<Ping>(ping => own.Received(ping.SentAt));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer("tick", Tick.Instance, s_interval);

    public sealed record Meet(IActorRef Other) : INoSerializationVerificationNeeded;

    private sealed record Ping(long SentAt) : INoSerializationVerificationNeeded;

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}

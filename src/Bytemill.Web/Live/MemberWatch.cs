using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using static System.FormattableString;
using static Akka.Cluster.ClusterEvent;

namespace Bytemill.Web.Live;

/// <summary>Hears of the cluster's members and tells the feed.</summary>
internal sealed class MemberWatch : ReceiveActor
{
    private readonly Dictionary<Address, Seen> _members = [];
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Action<ClusterMembers> _publish;
    private readonly TimeProvider _clock;
    private ImmutableQueue<MemberChange> _changes = [];
    private int _changeCount;
    private Address? _leader;

    public MemberWatch(Action<ClusterMembers> publish, TimeProvider clock)
    {
        _publish = publish;
        _clock = clock;
        Receive<CurrentClusterState>(state =>
        {
            _leader = state.Leader;
            foreach (Member member in state.Members)
            {
                _members[member.Address] = new Seen(member, !state.Unreachable.Contains(member), _clock.GetUtcNow());
            }

            Publish();
        });
        Receive<MemberRemoved>(change =>
        {
            _members.Remove(change.Member.Address);
            Note(change.Member, "removed");
        });
        Receive<IMemberEvent>(change =>
        {
            _members[change.Member.Address] = _members.TryGetValue(change.Member.Address, out Seen? seen) && seen.Member.UniqueAddress.Equals(change.Member.UniqueAddress)
                ? seen with { Member = change.Member }
                : new Seen(change.Member, IsReachable: true, _clock.GetUtcNow());
            Note(change.Member, change is MemberJoined ? "joined" : NameOf(change.Member.Status));
        });
        Receive<ReachabilityEvent>(change =>
        {
            if (_members.TryGetValue(change.Member.Address, out Seen? seen))
            {
                _members[change.Member.Address] = seen with { IsReachable = change is ReachableMember };
                Note(change.Member, change is ReachableMember ? "reachable" : "unreachable");
            }
        });
        Receive<LeaderChanged>(change =>
        {
            _leader = change.Leader;
            Publish();
        });
    }

    /// <summary><c>host:port</c> of an address.</summary>
    public static string NameOf(Address address) => Invariant($"{address.Host}:{address.Port}");

    protected override void PreStart() =>
        _cluster.Subscribe(Self, SubscriptionInitialStateMode.InitialStateAsSnapshot, typeof(IMemberEvent), typeof(ReachabilityEvent), typeof(LeaderChanged));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private static string NameOf(MemberStatus status) => status.ToString().ToLowerInvariant();

    private void Note(Member member, string what)
    {
        _changes = _changes.Enqueue(new MemberChange(_clock.GetUtcNow(), NameOf(member.Address), what));
        if (++_changeCount > ClusterMembers.MostChanges)
        {
            _changes = _changes.Dequeue();
        }

        Publish();
    }

    private void Publish() => _publish(new ClusterMembers(
        [
            .. _members.Values
                .Select(seen => new ClusterMember(
                    NameOf(seen.Member.Address),
                    [.. seen.Member.Roles.Where(role => role != Pipeline.ClusterRoles.Voter).Order(StringComparer.Ordinal)],
                    NameOf(seen.Member.Status),
                    seen.IsReachable,
                    seen.Member.UniqueAddress.Equals(_cluster.SelfUniqueAddress),
                    seen.Member.Address.Equals(_leader),
                    seen.Since))
                .OrderBy(member => member.Address, StringComparer.Ordinal),
        ],
        [.. _changes]));

    private sealed record Seen(Member Member, bool IsReachable, DateTimeOffset Since);
}

using Akka.Actor;

namespace Bytemill.Pipeline;

/// <summary>Owner of one slice of the n-gram key space: merges and prunes its counts.</summary>
internal sealed class NGramShard : ShardActor
{
    public NGramShard(NodeServices node, IActorRef coordinator, int shard)
        : base(node, coordinator, TaskPlacement.NGramShard, shard)
    {
    }
}

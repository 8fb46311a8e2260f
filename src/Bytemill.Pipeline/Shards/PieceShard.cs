using Akka.Actor;

namespace Bytemill.Pipeline;

/// <summary>Owner of one slice of the piece key space: adds up counts and takes part in every vocabulary round.</summary>
internal sealed class PieceShard : ShardActor
{
    public PieceShard(NodeServices node, IActorRef coordinator, int shard)
        : base(node, coordinator, TaskPlacement.PieceShard, shard)
    {
    }
}

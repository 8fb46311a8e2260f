using Akka.Actor;
using Akka.Event;
using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Pipeline;

/// <summary>
/// Owns one slice of one job's key space: all tasks on that slice run here, one at a time. Its state is files, so a new
/// owner elsewhere takes over by running the same task again.
/// </summary>
internal abstract class ShardActor : TaskRunningActor
{
    private readonly TaskPlacement _placement;
    private readonly int _shard;

    protected ShardActor(NodeServices node, IActorRef coordinator, TaskPlacement placement, int shard)
        : base(node, coordinator)
    {
        _placement = placement;
        _shard = shard;
    }

    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is AssignTask assign && (assign.Stage.Kind.Placement() != _placement || assign.Task.Index != _shard))
        {
            Log.Error("{Actor} got task {Index} of {Kind}, which is not of its shard; ignored", Self.Path.Name, assign.Task.Index, assign.Stage.Kind);
            return true;
        }

        return base.AroundReceive(receive, message);
    }
}

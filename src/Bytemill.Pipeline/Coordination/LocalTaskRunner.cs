using Akka.Actor;

namespace Bytemill.Pipeline;

/// <summary>Runs the tasks that belong to the coordinator itself: joining the model, choosing the vocabulary, publishing.</summary>
internal sealed class LocalTaskRunner : TaskRunningActor
{
    public LocalTaskRunner(NodeServices node, IActorRef coordinator)
        : base(node, coordinator)
    {
    }
}

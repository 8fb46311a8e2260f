using Akka.Actor;
using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Pipeline;

/// <summary>Keeps a runner for each job that has tasks of the coordinator's own: one job's task must not wait for another's, nor put it out.</summary>
internal sealed class LocalTaskHost : ReceiveActor
{
    private readonly Dictionary<string, IActorRef> _runners = new(StringComparer.Ordinal);

    public LocalTaskHost(NodeServices node, IActorRef coordinator)
    {
        Receive<AssignTask>(assign =>
        {
            if (!_runners.TryGetValue(assign.Task.Job.JobId, out IActorRef? runner))
            {
                _runners.Add(assign.Task.Job.JobId, runner = Context.ActorOf(Props.Create(() => new LocalTaskRunner(node, coordinator))));
            }

            runner.Forward(assign);
        });
        Receive<ReleaseJob>(release =>
        {
            if (_runners.Remove(release.Job.JobId, out IActorRef? runner))
            {
                // It cancels what runs and lets go of the job before it ends.
                runner.Forward(release);
                runner.Tell(PoisonPill.Instance);
            }
            else if (node.Epochs.IsLatest(release.Job))
            {
                node.Jobs.Release(release.Job.JobId);
            }
        });
    }
}

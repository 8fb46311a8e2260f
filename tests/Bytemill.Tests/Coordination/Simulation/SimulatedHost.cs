using Bytemill.Pipeline;
using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Tests;

/// <summary>A shard host with its shards, or what runs the coordinator's own tasks, one runner for each job.</summary>
internal sealed class SimulatedHost
{
    private readonly SimulatedCluster _cluster;
    private readonly string? _id;
    private readonly SortedDictionary<(string Job, TaskPlacement Placement, int Shard), SimulatedRunner> _runners = new(
        Comparer<(string Job, TaskPlacement Placement, int Shard)>.Create((a, b) =>
            string.CompareOrdinal(a.Job, b.Job) is not 0 and var byJob ? byJob : (a.Placement, a.Shard).CompareTo((b.Placement, b.Shard))));

    /// <param name="cluster">Where it lives.</param>
    /// <param name="id">Registers under this name; <c>null</c> for the coordinator's own.</param>
    public SimulatedHost(SimulatedCluster cluster, string? id)
    {
        _cluster = cluster;
        _id = id;
        Party = new Party(this);
    }

    public Party Party { get; }

    public void Receive(IWireMessage message)
    {
        switch (message)
        {
            case AssignTask assign:
                TaskPlacement placement = assign.Stage.Kind.Placement();
                (string, TaskPlacement, int) place = (assign.Task.Job.JobId, placement, placement == TaskPlacement.Coordinator ? 0 : assign.Task.Index);
                if (!_runners.TryGetValue(place, out SimulatedRunner? runner))
                {
                    _runners.Add(place, runner = new SimulatedRunner(_cluster, "shard"));
                }

                runner.Receive(assign);
                break;
            case OwnShards own:
                TaskPlacement owned = own.Kind == ShardKind.NGram ? TaskPlacement.NGramShard : TaskPlacement.PieceShard;
                foreach ((string Job, TaskPlacement Placement, int Shard) key in _runners.Keys.Where(
                    key => key.Job == own.Job.JobId && key.Placement == owned && !own.Shards.Contains(key.Shard)).ToArray())
                {
                    _runners.Remove(key);
                }

                break;
            case ReleaseJob release:
                foreach (SimulatedRunner each in _runners.Values)
                {
                    each.Receive(release);
                }

                break;
            default:
                break;
        }
    }

    public void Step(int choice)
    {
        Register();
        if (_runners.Count > 0)
        {
            _runners.Values.ElementAt(choice % _runners.Count).Step();
        }
    }

    public void StepAll()
    {
        Register();
        foreach (SimulatedRunner runner in _runners.Values)
        {
            runner.Step();
        }
    }

    private void Register()
    {
        if (_id is not null)
        {
            _cluster.Tell(new CoordinatorInput.ShardHostRegistered(Party, _id));
        }
    }
}

using Bytemill.Pipeline;
using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Tests;

/// <summary>A shard host with its shards.</summary>
internal sealed class SimulatedHost
{
    private readonly SimulatedCluster _cluster;
    private readonly string _id;
    private readonly SortedDictionary<(ShardKind Kind, int Shard), SimulatedRunner> _shards = [];

    public SimulatedHost(SimulatedCluster cluster, string id)
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
                ShardKind kind = assign.Stage.Kind.Placement() == TaskPlacement.NGramShard ? ShardKind.NGram : ShardKind.Piece;
                if (!_shards.TryGetValue((kind, assign.Task.Index), out SimulatedRunner? shard))
                {
                    _shards.Add((kind, assign.Task.Index), shard = new SimulatedRunner(_cluster, "shard"));
                }

                shard.Receive(assign);
                break;
            case OwnShards own:
                foreach ((ShardKind Kind, int Shard) key in _shards.Keys.Where(key => key.Kind == own.Kind && !own.Shards.Contains(key.Shard)).ToArray())
                {
                    _shards.Remove(key);
                }

                break;
            case ReleaseJob release:
                foreach (SimulatedRunner runner in _shards.Values)
                {
                    runner.Receive(release);
                }

                break;
            default:
                break;
        }
    }

    public void Step(int choice)
    {
        _cluster.Tell(new CoordinatorInput.ShardHostRegistered(Party, _id));
        if (_shards.Count > 0)
        {
            _shards.Values.ElementAt(choice % _shards.Count).Step();
        }
    }

    public void StepAll()
    {
        _cluster.Tell(new CoordinatorInput.ShardHostRegistered(Party, _id));
        foreach (SimulatedRunner shard in _shards.Values)
        {
            shard.Step();
        }
    }
}

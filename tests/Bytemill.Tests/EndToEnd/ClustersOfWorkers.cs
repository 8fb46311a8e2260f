namespace Bytemill.Tests;

/// <summary>Clusters of one with 1, 2 and 7 workers, for all tests of a class.</summary>
public sealed class ClustersOfWorkers : IAsyncLifetime
{
    private readonly Dictionary<int, EmbeddedCluster> _clusters = [];

    internal IReadOnlyDictionary<int, EmbeddedCluster> All => _clusters;

    internal EmbeddedCluster this[int workers] => _clusters[workers];

    public async ValueTask InitializeAsync()
    {
        foreach (int workers in (int[])[1, 2, 7])
        {
            // Little memory, so that what can spill does.
            _clusters.Add(workers, workers == 7 ? await EmbeddedCluster.StartAsync(workers, memoryBytes: 1 << 17) : await EmbeddedCluster.StartAsync(workers));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (EmbeddedCluster cluster in _clusters.Values)
        {
            await cluster.DisposeAsync();
        }
    }
}

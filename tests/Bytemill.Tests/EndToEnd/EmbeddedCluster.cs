using Akka.Actor;
using Akka.Hosting;
using Bytemill.App;
using Bytemill.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bytemill.Tests;

/// <summary>A cluster of one in this process, as <c>bytemill run</c> starts it; takes any number of jobs.</summary>
internal sealed class EmbeddedCluster : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly JobClient _client;

    private EmbeddedCluster(IHost host, JobClient client)
    {
        _host = host;
        _client = client;
    }

    public static async Task<EmbeddedCluster> StartAsync(int workers, long memoryBytes = 4 << 20, int maxJobs = 1)
    {
        var node = new NodeOptions { Workers = workers, MemoryBytes = memoryBytes, MaxJobs = maxJobs };
        IHost host = await NodeHost.StartAsync(node, NodeLogging.WarningsOnly);
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
        await NodeHost.JoinedAsync(system, node, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        IActorRef coordinator = await host.Services.GetRequiredService<ActorRegistry>()
            .GetAsync<JobCoordinatorKey>(TestContext.Current.CancellationToken);
        return new EmbeddedCluster(host, new JobClient(system, coordinator));
    }

    public JobClient Client => _client;

    public Task<IWireMessage> RunAsync(JobSpec spec, Action<JobProtocol.JobProgressed>? onProgress = null, CancellationToken cancellation = default) =>
        _client.RunAsync(Guid.NewGuid().ToString("N"), spec, priority: 0, onProgress ?? (_ => { }), cancellation);

    /// <summary>Runs a job that must succeed and returns the files in its output, without the manifest (it holds times) and the ledger.</summary>
    public async Task<SortedDictionary<string, byte[]>> ResultsAsync(JobSpec spec)
    {
        IWireMessage end = await RunAsync(spec, cancellation: TestContext.Current.CancellationToken);
        Assert.True(end is JobProtocol.JobCompleted, end.ToString());
        SortedDictionary<string, byte[]> files = TestDirectory.Snapshot(spec.OutputDirectory);
        Assert.True(files.Remove(ResultManifest.FileName));
        Assert.True(files.Remove(JobOutput.SuccessFileName));
        Assert.Equal(OutputLedger.IsFor(spec), files.Remove(OutputLedger.FileName));
        Assert.DoesNotContain(files.Keys, name => name.StartsWith(WorkDirectory.NameInOutput, StringComparison.Ordinal));
        return files;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}

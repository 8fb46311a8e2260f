using Bytemill.Pipeline;
using Bytemill.Training;
using static Bytemill.Pipeline.JobProtocol;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Tests;

/// <summary>What a real cluster tells of its nodes, and of the tasks and events of a job.</summary>
[Collection(EndToEndTests.Name)]
public sealed class WatchedClusterTests : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Job_ThatHasRun_ToldItsTasksAndEvents()
    {
        TestCorpus.Write(_directory["in"], [.. Enumerable.Range(0, 200).Select(i => $"some text {i} and more of it {i * 31}")], files: 4, rowsPerGroup: 10);
        await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(workers: 2);
        var spec = new JobSpec
        {
            Mode = JobMode.Run,
            Inputs = [_directory["in"]],
            OutputDirectory = _directory["out"],
            Training = new TrainerOptions { MaxVocabSizes = [300], MinCount = 1 },
            PartitionBytes = 1000,
            NGramShards = 2,
            PieceShards = 2,
        };
        Assert.IsType<JobCompleted>(await cluster.Client.RunAsync("job-1", spec, 0, _ => { }, Cancellation));

        JobTasks last = await AskAsync<JobTasks>(cluster, new GetJobTasks("job-1"));
        Assert.All(last.Stages, stage => Assert.Equal((stage.Tasks, 0, false), (stage.Done, stage.Running, stage.IsOpen)));
        Assert.Equal(StageKind.PublishResults, last.Stages[^1].Kind);
        Assert.Equal("coordinator", Assert.Single(last.Tasks).Owner);
        JobTasks count = await AskAsync<JobTasks>(cluster, new GetJobTasks("job-1", last.Stages.First(stage => stage.Kind == StageKind.CountNGrams).Number));
        Assert.True(count.Cells.Length > 2);
        Assert.All(count.Cells, cell => Assert.Equal(TaskState.Done, cell.State));
        Assert.All(count.Tasks, task => Assert.True(
            task is { Attempts: >= 1, DoneUnits: > 0, ElapsedMs: > 0, StartedAt: > 0 } && task.Owner.Contains("/worker-", StringComparison.Ordinal), task.ToString()));

        JobEvents events = await AskAsync<JobEvents>(cluster, new GetJobEvents("job-1"));
        string[] texts = [.. events.Events.Select(happened => happened.Text)];
        Assert.StartsWith("Accepted: run to", texts[0], StringComparison.Ordinal);
        Assert.Contains(texts, text => text.StartsWith("Phase count done in ", StringComparison.Ordinal));
        Assert.StartsWith("Completed: ", texts[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_TellWhatTheyAre()
    {
        await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(workers: 2);
        NodesListed listed;
        do
        {
            listed = await AskAsync<NodesListed>(cluster, new ListNodes());
            await Task.Delay(50, Cancellation);
        }
        while (listed.Nodes.IsEmpty || listed.Nodes[0].DispatcherDelayMs == 0);

        NodeStatistics node = Assert.Single(listed.Nodes);
        Assert.True(listed.IsLast);
        Assert.Equal(listed.Coordinator, node.Address);
        Assert.Equal((2, Environment.ProcessorCount, Environment.MachineName), (node.Workers, node.Processors, node.HostName));
        Assert.Equal(ClusterRoles.All, node.Roles);
        Assert.Equal(4 << 20, node.BudgetBytes);
        Assert.True(node.ResidentBytes > 1 << 20);
        Assert.InRange(node.CpuShare, 0, 1);
        Assert.True(node.StartedAt > 0 && node.ReportedAt > node.StartedAt, node.ToString());
    }

    private static Task<T> AskAsync<T>(EmbeddedCluster cluster, IWireMessage question)
        where T : IWireMessage => cluster.Client.AskAsync<T>(question, s_timeout, Cancellation);
}

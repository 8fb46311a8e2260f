using Bytemill.Pipeline;
using Bytemill.Training;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.Tests;

/// <summary>Several jobs on one cluster: at the same time, paused, cancelled.</summary>
[Collection(EndToEndTests.Name)]
public sealed class SeveralJobsTests : IDisposable
{
    private const int MostBeginnings = 10;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly TestDirectory _directory = new();

    public SeveralJobsTests()
    {
        string line = string.Join(' ', Enumerable.Range(0, 400).Select(i => $"word{i * 7919 % 2_003}"));
        TestCorpus.Write(_directory["in"], [.. Enumerable.Range(0, 200).Select(i => $"{i} {line} {i * 31}")], files: 4, rowsPerGroup: 10);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_ThreeJobsTwoAtOnce_EachGivesTheBytesOfOneAlone()
    {
        int[] sizes = [400, 500, 600];
        var expected = new List<SortedDictionary<string, byte[]>>();
        await using (EmbeddedCluster alone = await EmbeddedCluster.StartAsync(workers: 1))
        {
            foreach (int size in sizes)
            {
                expected.Add(await alone.ResultsAsync(Spec($"alone-{size}", size)));
            }
        }

        await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(workers: 3, maxJobs: 2);
        Task<SortedDictionary<string, byte[]>>[] jobs = [.. sizes.Select(size => cluster.ResultsAsync(Spec($"together-{size}", size)))];
        SortedDictionary<string, byte[]>[] actual = await Task.WhenAll(jobs);
        for (int i = 0; i < sizes.Length; i++)
        {
            AssertSame(expected[i], actual[i]);
        }
    }

    [Theory]
    [InlineData(Phase.Count)]
    [InlineData(Phase.Segment)]
    [InlineData(Phase.Tokenize)]
    public async Task Pause_InTheMiddle_LetsAnotherJobByAndGoesOnToTheSameBytes(Phase phase)
    {
        await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(workers: 2);
        SortedDictionary<string, byte[]> expected = await cluster.ResultsAsync(Spec("alone", 500));

        (string id, Task<IWireMessage> job) = await PauseAsync(cluster, phase);

        // The other one would wait for ever behind a job that runs.
        await cluster.ResultsAsync(Spec("other", 400));
        Assert.Equal(JobStatus.Paused, (await Ask(cluster, new GetJob(id))).Job!.Status);
        Assert.False(job.IsCompleted);

        await Ask(cluster, new ResumeJob(id));
        Assert.IsType<JobCompleted>(await job.WaitAsync(s_timeout, Cancellation));
        SortedDictionary<string, byte[]> files = TestDirectory.Snapshot(_directory[id]);
        files.Remove(ResultManifest.FileName);
        files.Remove(JobOutput.SuccessFileName);
        AssertSame(expected, files);
    }

    [Fact]
    public async Task Cancel_PausedJob_LeavesNothingBehind()
    {
        await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(workers: 2);
        (string id, Task<IWireMessage> job) = await PauseAsync(cluster, Phase.Count);
        JobReported end = await cluster.Client.CancelAsync(id, s_timeout, Cancellation);
        Assert.Equal(JobStatus.Cancelled, end.Job!.Status);
        Assert.IsType<JobCancelled>(await job.WaitAsync(s_timeout, Cancellation));
        Assert.False(Directory.Exists(_directory[id]));
        JobsListed list = await cluster.Client.AskAsync<JobsListed>(ListJobs.Instance, s_timeout, Cancellation);
        Assert.Equal((id, JobStatus.Cancelled), list.Jobs.Select(summary => (summary.JobId, summary.Status)).First());
    }

    [Fact]
    public async Task Commands_OnAClusterOfProcesses_ListPauseResumeAndCancel()
    {
        string config = Repository.Find("cluster-config/local.conf");
        string seed = NodeProcess.FreeAddress();

        // Without a worker no job can end meanwhile.
        await using BytemillProcess node = BytemillProcess.Start(
            "node", "--config", config, "--port", seed.Split(':')[1], "--seed", seed, "--roles", "coordinator,shard");
        await node.FirstLineAsync();
        await using BytemillProcess run = BytemillProcess.Start(
            "run", "--input", _directory["in"], "--output", _directory["out"], "--vocab-size", "500", "--partition-size", "1", "--cluster", seed);
        await node.ErrorLineAsync("Planned job");
        string[] list = await AnswerAsync(0, "jobs", "--cluster", seed, "--json");
        string id = list.Single(line => line.Contains("\"id\"", StringComparison.Ordinal)).Split('"')[3];
        Assert.Contains(list, line => line.Contains("\"status\": \"running\"", StringComparison.Ordinal));

        Assert.Contains(await AnswerAsync(0, "pause", id[..8], "--cluster", seed), line => line.Contains("bytemill resume", StringComparison.Ordinal));
        Assert.Contains(
            await AnswerAsync(0, "priority", id, "7", "--cluster", seed, "--json"), line => line.Contains("\"priority\": 7", StringComparison.Ordinal));
        Assert.Contains(await AnswerAsync(0, "resume", id, "--cluster", seed), line => line.Contains("running", StringComparison.Ordinal));
        Assert.Contains(await AnswerAsync(0, "cancel", id, "--cluster", seed), line => line.Contains("cancelled", StringComparison.Ordinal));
        Assert.Equal(130, await run.ExitCodeAsync(node));
        Assert.False(Directory.Exists(_directory["out"]));

        (int unknown, _, string[] errors) = await BytemillProcess.RunAsync("cancel", "nonsense", "--cluster", seed);
        Assert.Equal(2, unknown);
        Assert.Contains("knows no job 'nonsense'", Assert.Single(errors, line => line.Length > 0), StringComparison.Ordinal);
    }

    private static async Task<string[]> AnswerAsync(int expected, params string[] command)
    {
        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync(command);
        Assert.True(exitCode == expected, string.Join('\n', errors));
        return output;
    }

    // So small a job may be over, or be publishing, before it is paused; then another is begun.
    private async Task<(string JobId, Task<IWireMessage> Job)> PauseAsync(EmbeddedCluster cluster, Phase phase)
    {
        for (int i = 0; i < MostBeginnings; i++)
        {
            string id = $"paused-{i}";
            Task<IWireMessage> job = cluster.Client.RunAsync(id, Spec(id, 500), priority: 0, _ => { }, Cancellation);
            while (!job.IsCompleted)
            {
                if ((await Ask(cluster, new GetJob(id))).Job?.Progress?.Phase >= phase)
                {
                    if ((await Ask(cluster, new PauseJob(id))).Job!.Status == JobStatus.Paused)
                    {
                        return (id, job);
                    }

                    await job.WaitAsync(s_timeout, Cancellation);
                }
            }
        }

        throw new InvalidOperationException($"The job was over before it was paused, {MostBeginnings} times.");
    }

    private static Task<JobReported> Ask(EmbeddedCluster cluster, IWireMessage question) =>
        cluster.Client.AskAsync<JobReported>(question, s_timeout, Cancellation);

    private JobSpec Spec(string output, int size) => new()
    {
        Mode = JobMode.Run,
        Inputs = [_directory["in"]],
        OutputDirectory = _directory[output],
        Training = new TrainerOptions { MaxVocabSizes = [size] },
        PartitionBytes = 100_000,
        NGramShards = 3,
        PieceShards = 3,
    };

    private static void AssertSame(SortedDictionary<string, byte[]> expected, SortedDictionary<string, byte[]> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected, file => Assert.True(file.Value.AsSpan().SequenceEqual(actual[file.Key]), file.Key));
    }
}

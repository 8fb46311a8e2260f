using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>Several nodes in processes of their own, configured from <c>cluster-config/</c>, sharing one job.</summary>
[Collection(SplitTests.Name)]
public sealed class ClusterTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_ThreeProcesses_SharesTheJobAndGivesTheBytesOfOneNode()
    {
        TestCorpus.Write(_directory["in"], [.. GoldenCases.Load("languages").Documents], files: 6, rowsPerGroup: 5);
        string[] job = ["run", "--input", _directory["in/*.parquet"], "--vocab-size", "2000,600", "--shards", "16", "--partition-size", "1"];
        (int alone, _, string[] errors) = await BytemillProcess.RunAsync([.. job, "--output", _directory["alone"], "--workers", "1"]);
        Assert.True(alone == 0, string.Join('\n', errors));

        string config = Repository.Find("cluster-config/local.conf");
        // Only a node that finds itself first among the seeds founds a cluster, so its port must be known before it starts.
        string seed = NodeProcess.FreeAddress();
        await using BytemillProcess first = BytemillProcess.Start("node", "--config", config, "--port", seed.Split(':')[1], "--seed", seed);
        Assert.Equal(seed, NodeProcess.AddressIn(await first.FirstLineAsync()));
        await using BytemillProcess second = BytemillProcess.Start("node", "--config", config, "--seed", seed);
        await using BytemillProcess third = BytemillProcess.Start("node", "--config", config, "--seed", seed, "--roles", "worker,shard");
        await second.FirstLineAsync();
        await third.FirstLineAsync();

        (int together, _, errors) = await BytemillProcess.RunAsync([.. job, "--output", _directory["together"], "--cluster", seed]);
        Assert.True(together == 0, string.Join('\n', errors));

        AssertSameResults(_directory["alone"], _directory["together"]);
        string log = string.Join('\n', first.Errors);
        Assert.Contains("3 workers", log, StringComparison.Ordinal);
        Assert.Contains("3 hosts", log, StringComparison.Ordinal);
        Assert.All([first, second, third], node => Assert.Contains(node.Errors, line => line.Contains("Finished", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(null)]
    public async Task Run_NodeEndsInTheMiddle_OthersRedoItsTasksToTheSameBytes(PosixSignal? signal)
    {
        string line = string.Join(' ', Enumerable.Range(0, 1_000).Select(i => $"word{i * 7919 % 2_003}"));
        TestCorpus.Write(_directory["in"], [.. Enumerable.Range(0, 600).Select(i => $"{i} {line} {i * 31}")], files: 6, rowsPerGroup: 4);
        string[] job = ["run", "--input", _directory["in/*.parquet"], "--vocab-size", "600", "--partition-size", "1"];
        (int alone, _, string[] errors) = await BytemillProcess.RunAsync([.. job, "--output", _directory["alone"], "--workers", "1"]);
        Assert.True(alone == 0, string.Join('\n', errors));

        string config = Repository.Find("cluster-config/local.conf");
        string seed = NodeProcess.FreeAddress();
        await using BytemillProcess first = BytemillProcess.Start("node", "--config", config, "--port", seed.Split(':')[1], "--seed", seed);
        await first.FirstLineAsync();
        await using BytemillProcess second = BytemillProcess.Start("node", "--config", config, "--seed", seed);
        await using BytemillProcess third = BytemillProcess.Start("node", "--config", config, "--seed", seed, "--roles", "worker,shard");
        await second.FirstLineAsync();
        await third.FirstLineAsync();

        await using BytemillProcess run = BytemillProcess.Start([.. job, "--output", _directory["together"], "--cluster", seed]);

        // It has done one task and has others before it.
        await third.ErrorLineAsync("Finished", () =>
        {
            if (signal is { } gentle)
            {
                third.Signal(gentle);
            }
            else
            {
                third.Kill();
            }
        });
        if (signal is not null)
        {
            Assert.Equal(0, await third.ExitCodeAsync());
        }

        int together = await run.ExitCodeAsync(first, second, third);
        Assert.True(together == 0, string.Join('\n', run.Errors));
        AssertSameResults(_directory["alone"], _directory["together"]);
        await first.ErrorLineAsync("tasks go to others");
    }

    [Fact]
    public async Task Run_NodeIsToldToLeave_GivesItsTasksBackBeforeItLeaves()
    {
        string line = string.Join(' ', Enumerable.Range(0, 1_000).Select(i => $"word{i * 7919 % 2_003}"));
        TestCorpus.Write(_directory["in"], [.. Enumerable.Range(0, 300).Select(i => $"{i} {line} {i * 31}")], files: 6, rowsPerGroup: 4);
        string config = Repository.Find("cluster-config/local.conf");
        int[] ports = NodeProcess.FreePorts(2);
        string seed = $"127.0.0.1:{ports[0]}";
        await using BytemillProcess first = NodeProcess.Start(config, seed, ports[0], "--roles", "coordinator,shard");
        await first.FirstLineAsync();
        await using BytemillProcess second = NodeProcess.Start(config, seed, ports[1], "--roles", "worker");
        await second.FirstLineAsync();
        await using BytemillProcess run = BytemillProcess.Start(
            "run", "--input", _directory["in/*.parquet"], "--output", _directory["out"], "--vocab-size", "600", "--partition-size", "1", "--cluster", seed);

        // The only worker has done one task and is at the next; nobody can end the job meanwhile.
        await second.ErrorLineAsync("Finished", () => second.Signal(PosixSignal.SIGTERM));
        Assert.Equal(0, await second.ExitCodeAsync(first));
        await first.ErrorLineAsync($"127.0.0.1:{ports[1]}/worker-0 leaves");
        string[] log = [.. first.Errors];
        int givenBack = Array.FindIndex(log, entry => entry.Contains("worker-0 leaves", StringComparison.Ordinal));
        int gone = Array.FindIndex(log, entry => entry.Contains(seed.Replace($"{ports[0]}", $"{ports[1]}", StringComparison.Ordinal), StringComparison.Ordinal)
            && entry.Contains("xiting", StringComparison.Ordinal));
        Assert.True(gone < 0 || givenBack < gone, string.Join('\n', log));

        // A worker that joins now takes them.
        await using BytemillProcess third = NodeProcess.Start(config, seed, 0, "--roles", "worker,web");
        Assert.Equal(0, await run.ExitCodeAsync(first, third));
        Assert.Contains(third.Errors, entry => entry.Contains("Finished", StringComparison.Ordinal));
        Assert.True(File.Exists(_directory["out/_SUCCESS"]));
    }

    [Fact]
    public async Task Tokenize_SampledAndANodeKilled_OthersRedoItsTasksToTheSameBytes()
    {
        string text = string.Join(' ', Enumerable.Range(0, 8_000).Select(i => i % 3 == 0 ? "the thing" : $"in {i}"));
        TestCorpus.Write(_directory["in"], [.. Enumerable.Range(0, 300).Select(i => $"{i} {text}")], files: 6, rowsPerGroup: 20);
        using (FileStream model = File.Create(_directory["small.bytemill"]))
        {
            Bytemill.Tokenization.ModelFile.Write(TestModels.Small(), model);
        }

        string[] job =
        [
            "tokenize", "--model", _directory["small.bytemill"], "--input", _directory["in/*.parquet"],
            "--sampling", "exact", "--alpha", "0.2", "--epochs", "3", "--seed", "5",
        ];
        (int alone, _, string[] errors) = await BytemillProcess.RunAsync([.. job, "--output", _directory["alone"], "--workers", "1"]);
        Assert.True(alone == 0, string.Join('\n', errors));

        string config = Repository.Find("cluster-config/local.conf");
        int[] ports = NodeProcess.FreePorts(3);
        string seed = $"127.0.0.1:{ports[0]}";
        await using BytemillProcess first = NodeProcess.Start(config, seed, ports[0]);
        await first.FirstLineAsync();
        await using BytemillProcess second = NodeProcess.Start(config, seed, ports[1]);
        await using BytemillProcess third = NodeProcess.Start(config, seed, ports[2], "--roles", "worker,shard");
        await second.FirstLineAsync();
        await third.FirstLineAsync();
        await using BytemillProcess run = BytemillProcess.Start([.. job, "--output", _directory["together"], "--cluster", seed]);

        // It has done one file and is at the next.
        await third.ErrorLineAsync("Finished", third.Kill);
        int together = await run.ExitCodeAsync(first, second, third);
        Assert.True(together == 0, string.Join('\n', run.Errors));
        AssertSameResults(_directory["alone"], _directory["together"]);
        await first.ErrorLineAsync("tasks go to others");
    }

    [Fact]
    public async Task Run_ClientDiesWithANode_TheOthersGoOn()
    {
        TestCorpus.Write(_directory["in"], ["one text", "two texts"], files: 2, rowsPerGroup: 1);
        string[] job = ["run", "--input", _directory["in/*.parquet"], "--vocab-size", "300"];
        string config = _directory["node.conf"];
        File.WriteAllText(
            config,
            """
            bytemill.workers = 1
            akka.cluster { failure-detector.acceptable-heartbeat-pause = 2s, split-brain-resolver.stable-after = 4s, down-removal-margin = 1s }
            """);

        // Were the client counted, two of four members would be left, without the lowest address: the half that gives way.
        int[] ports = NodeProcess.FreePorts(3);
        string seed = $"127.0.0.1:{ports[1]}";
        await using BytemillProcess first = NodeProcess.Start(config, seed, ports[1]);
        await first.FirstLineAsync();
        await using BytemillProcess second = NodeProcess.Start(config, seed, ports[2]);
        await using BytemillProcess third = NodeProcess.Start(config, seed, ports[0], "--roles", "coordinator");
        await second.FirstLineAsync();
        await third.FirstLineAsync();
        await using BytemillProcess run = BytemillProcess.Start([.. job, "--output", _directory["one"], "--cluster", seed]);
        await first.ErrorLineAsync("Accepted");
        third.Kill();
        run.Kill();

        // Nobody can join before the missed ones are put out.
        (int again, _, string[] errors) = await BytemillProcess.RunAsync([.. job, "--output", _directory["two"], "--cluster", seed]);
        Assert.True(again == 0, string.Join('\n', [.. errors, .. first.Errors]));
    }

    [Fact]
    public async Task Node_PutOutByItsCluster_EndsWithExitCode1()
    {
        string seed = NodeProcess.FreeAddress();
        string config = _directory["node.conf"];
        File.WriteAllText(
            config,
            $$"""
            bytemill { seed-nodes = ["{{seed}}"], workers = 1 }
            akka.cluster { failure-detector.acceptable-heartbeat-pause = 1s, split-brain-resolver.stable-after = 1s, down-removal-margin = 1s }
            """);
        await using BytemillProcess first = BytemillProcess.Start("node", "--config", config, "--port", seed.Split(':')[1]);
        await first.FirstLineAsync();
        await using BytemillProcess second = BytemillProcess.Start("node", "--config", config);
        // Of two equal halves the one with the lower address stays: with that one gone, the other gives way.
        bool isFirstLower = NodeProcess.PortOf(seed) < NodeProcess.PortOf(NodeProcess.AddressIn(await second.FirstLineAsync()));
        (BytemillProcess killed, BytemillProcess left) = isFirstLower ? (first, second) : (second, first);
        killed.Kill();
        Assert.Equal(1, await left.ExitCodeAsync());
        Assert.Contains(left.Errors, line => line.StartsWith("error: ", StringComparison.Ordinal) && line.Contains("put this node out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Node_PortInUse_OneLineAndExitCode2()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync("node", "--port", port);
        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        string line = Assert.Single(errors, error => error.Length > 0);
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{port}", line, StringComparison.Ordinal);
        Assert.Contains("--port", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ClusterThatDoesNotAnswer_OneLineAfterABoundedWait()
    {
        TestCorpus.Write(_directory["in"], ["one text"], files: 1, rowsPerGroup: 1);
        string seed = NodeProcess.FreeAddress();
        (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync(
            "run", "--input", _directory["in"], "--output", _directory["out"], "--cluster", seed);
        Assert.Equal(2, exitCode);
        string line = Assert.Single(errors, error => error.Length > 0);
        Assert.Contains(seed, line, StringComparison.Ordinal);
        Assert.Contains("bytemill node", line, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["out"]));
    }

    private static void AssertSameResults(string expected, string actual)
    {
        SortedDictionary<string, byte[]> left = TestDirectory.Snapshot(expected);
        SortedDictionary<string, byte[]> right = TestDirectory.Snapshot(actual);
        Assert.Equal(left.Keys, right.Keys);
        Assert.All(left.Where(file => file.Key != ResultManifest.FileName), file => Assert.True(file.Value.AsSpan().SequenceEqual(right[file.Key]), file.Key));
    }
}

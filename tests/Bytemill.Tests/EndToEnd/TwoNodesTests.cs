using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>A cluster of two in processes of their own, whose leases let it survive the end of either.</summary>
[Collection(SplitTests.Name)]
public sealed class TwoNodesTests : IDisposable
{
    // As shells tell of SIGKILL.
    private const int Killed = 128 + 9;

    private const string Times =
        """
        akka {
          cluster { failure-detector.acceptable-heartbeat-pause = 6s, split-brain-resolver.stable-after = 4s, down-removal-margin = 1s }
          coordination.lease.bytemill { heartbeat-timeout = 12s, heartbeat-interval = 1s }
        }
        """;

    private readonly TestDirectory _directory = new();

    private string Config => _directory["node.conf"];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("journal", true)]
    [InlineData("journal", false)]
    [InlineData("lease-dir", true)]
    public async Task Run_OneOfTwoIsKilled_TheOtherGoesOn(string leases, bool isFirstKilled)
    {
        bool hasJournal = leases == "journal";
        WriteConfig(leases);
        string[] job = WriteCorpus();
        (int alone, _, string[] errors) = await BytemillProcess.RunAsync([.. job, "--output", _directory["alone"], "--workers", "1"]);
        Assert.True(alone == 0, string.Join('\n', errors));

        // The first has the lower address, which majority alone would go by, and is the coordinator's home.
        int[] ports = NodeProcess.FreePorts(2);
        string seed = $"127.0.0.1:{ports[0]}";
        await using BytemillProcess first = NodeProcess.Start(Config, seed, ports[0]);
        await first.FirstLineAsync();
        await using BytemillProcess second = NodeProcess.Start(Config, seed, ports[1]);
        await second.FirstLineAsync();
        (BytemillProcess killed, BytemillProcess left) = isFirstKilled ? (first, second) : (second, first);
        await using BytemillProcess run = BytemillProcess.Start([.. job, "--output", _directory["together"], "--cluster", seed, "--config", Config]);
        await killed.ErrorLineAsync("Finished", killed.Kill);

        // Which member takes the decision, and its lease, is another matter: the client may be the one.
        await left.ErrorLineAsync(isFirstKilled ? "Singleton manager started singleton actor" : "tasks go to others");

        int together = await run.ExitCodeAsync(left);
        if (hasJournal || !isFirstKilled)
        {
            Assert.True(together == 0, string.Join('\n', [.. run.Errors, .. left.Errors]));
            AssertSameResults();
        }
        else
        {
            // The job was in the memory of the coordinator that is gone; the next one does the next job.
            Assert.Equal(1, together);
            string leftAddress = $"127.0.0.1:{ports[1]}";
            (int again, _, errors) = await BytemillProcess.RunAsync(
                [.. job, "--output", _directory["together"], "--overwrite", "--cluster", leftAddress, "--config", Config]);
            Assert.True(again == 0, string.Join('\n', [.. errors, .. left.Errors]));
        }
    }

    [Fact]
    public async Task Run_CoordinatorStandsStillAndWakes_IsPutOutAndTheOtherHasEndedTheJob()
    {
        WriteConfig("journal");
        string[] job = WriteCorpus();
        (int alone, _, string[] errors) = await BytemillProcess.RunAsync([.. job, "--output", _directory["alone"], "--workers", "1"]);
        Assert.True(alone == 0, string.Join('\n', errors));
        int[] ports = NodeProcess.FreePorts(2);
        string seed = $"127.0.0.1:{ports[0]}";
        await using BytemillProcess first = NodeProcess.Start(Config, seed, ports[0]);
        await first.FirstLineAsync();
        await using BytemillProcess second = NodeProcess.Start(Config, seed, ports[1]);
        await second.FirstLineAsync();
        await using BytemillProcess run = BytemillProcess.Start([.. job, "--output", _directory["together"], "--cluster", seed, "--config", Config]);
        await first.ErrorLineAsync("Finished", first.Freeze);
        await second.ErrorLineAsync("Singleton manager started singleton actor");
        Assert.Equal(0, await run.ExitCodeAsync(second));

        // It finds that it has lost its lease or is put out, whatever it notices first, and commits nothing more. If it stood still in the
        // middle of a write, with the journal locked, it does not wake at all.
        first.Thaw();
        int ended = await first.ExitCodeAsync(second);
        Assert.True(ended is 1 or Killed, $"The first node ended with {ended}.");
        AssertSameResults();
    }

    private void WriteConfig(string leases) => File.WriteAllText(
        Config,
        $$"""
        bytemill { workers = 1, {{leases}} = "{{_directory[leases == "journal" ? "journal.db" : "leases"]}}" }
        {{Times}}
        """);

    private string[] WriteCorpus()
    {
        string line = string.Join(' ', Enumerable.Range(0, 1_000).Select(i => $"word{i * 7919 % 2_003}"));
        TestCorpus.Write(_directory["in"], [.. Enumerable.Range(0, 400).Select(i => $"{i} {line} {i * 31}")], files: 6, rowsPerGroup: 4);
        return ["run", "--input", _directory["in/*.parquet"], "--vocab-size", "600", "--partition-size", "1"];
    }

    private void AssertSameResults()
    {
        SortedDictionary<string, byte[]> expected = TestDirectory.Snapshot(_directory["alone"]);
        SortedDictionary<string, byte[]> actual = TestDirectory.Snapshot(_directory["together"]);
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected.Where(file => file.Key != ResultManifest.FileName), file => Assert.True(file.Value.AsSpan().SequenceEqual(actual[file.Key]), file.Key));
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>Several nodes in processes of their own, configured from <c>cluster-config/</c>, sharing one job.</summary>
[Collection(EndToEndTests.Name)]
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

        string config = ConfigFile("local.conf");
        // Only a node that finds itself first among the seeds founds a cluster, so its port must be known before it starts.
        string seed = $"127.0.0.1:{FreePort()}";
        await using BytemillProcess first = BytemillProcess.Start("node", "--config", config, "--port", seed.Split(':')[1], "--seed", seed);
        Assert.Equal(seed, AddressIn(await first.FirstLineAsync()));
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

    private static void AssertSameResults(string expected, string actual)
    {
        SortedDictionary<string, byte[]> left = TestDirectory.Snapshot(expected);
        SortedDictionary<string, byte[]> right = TestDirectory.Snapshot(actual);
        Assert.Equal(left.Keys, right.Keys);
        Assert.All(left.Where(file => file.Key != ResultManifest.FileName), file => Assert.True(file.Value.AsSpan().SequenceEqual(right[file.Key]), file.Key));
    }

    private static string AddressIn(string line)
    {
        using JsonDocument announced = JsonDocument.Parse(line);
        return announced.RootElement.GetProperty("address").GetString()!;
    }

    private static string ConfigFile(string name)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "cluster-config", name);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new InvalidOperationException($"No cluster-config/{name} above the tests.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using System.Runtime.InteropServices;
using Amazon.S3;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>Jobs whose input and output are in an object store: the same bytes as on disks.</summary>
[Collection(S3Tests.Name)]
public sealed class S3JobTests(S3Server server) : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    // With faults, work files are in the store, too.
    [Theory]
    [InlineData(0)]
    [InlineData(0.08)]
    public async Task Run_OnObjects_GivesTheBytesOfDisks(double faults)
    {
        string bucket = server.NewBucket();
        await WriteCorpusAsync(bucket);
        (int done, _, string[] errors) = await BytemillProcess.RunAsync(CommandFor(_directory["in"], _directory["out"]));
        Assert.True(done == 0, string.Join('\n', errors));
        SortedDictionary<string, byte[]> expected = TestDirectory.Snapshot(_directory["out"]);
        Assert.True(expected.Remove(ResultManifest.FileName));

        using FaultyProxy proxy = new(server.Port, faults, seed: 3);
        string output = $"s3://{bucket}/results/run";
        string[] more = faults > 0 ? ["--spill-dir", $"s3://{bucket}/work", "--scratch-dir", _directory["scratch"]] : [];
        await RunAsync(proxy.Endpoint, [.. CommandFor($"s3://{bucket}/corpus", output), .. more]);

        Assert.Empty(await SnapshotAsync(bucket, "work/"));
        SortedDictionary<string, byte[]> actual = await SnapshotAsync(bucket, "results/run/");
        Assert.True(actual.Remove(ResultManifest.FileName));
        AssertSame(expected, actual);
        Assert.Empty(proxy.Uploads);
        Assert.Equal(faults > 0, proxy.Spoilt > 0);
        // Nothing of the job is left on this machine.
        Assert.Empty(TestDirectory.Snapshot(_directory["data"]));
        Assert.True(faults == 0 || Directory.GetFileSystemEntries(_directory["scratch"]).Length == 0);

        string[] verified = await RunAsync(proxy.Endpoint, "verify", output);
        Assert.Contains(verified, line => line.Contains("all is as the manifest says", StringComparison.Ordinal));
        File.WriteAllText(_directory["line.txt"], "word1 word2");
        string[] local = await RunAsync(server.Endpoint, "encode", "--model", _directory["out/model.bytemill"], _directory["line.txt"]);
        Assert.Equal(local, await RunAsync(proxy.Endpoint, "encode", "--model", output + "/model.bytemill", _directory["line.txt"]));
    }

    [Theory]
    [InlineData("Finished CountNGrams", false)]
    [InlineData("Finished TokenizeFiles", true)]
    public async Task Run_KilledAndResumed_GivesTheBytesOfDisks(string point, bool hasRemoteWork)
    {
        string bucket = server.NewBucket();
        await WriteCorpusAsync(bucket);
        (int done, _, string[] errors) = await BytemillProcess.RunAsync(CommandFor(_directory["in"], _directory["out"]));
        Assert.True(done == 0, string.Join('\n', errors));
        SortedDictionary<string, byte[]> expected = TestDirectory.Snapshot(_directory["out"]);
        Assert.True(expected.Remove(ResultManifest.FileName));

        string[] command = [.. CommandFor($"s3://{bucket}/corpus", $"s3://{bucket}/out"), .. hasRemoteWork ? (string[])["--spill-dir", $"s3://{bucket}/work"] : []];
        await using (BytemillProcess run = BytemillProcess.Start(S3Server.Environment(server.Endpoint, _directory["data"]), [.. command, "--verbose"]))
        {
            await run.ErrorLineAsync(point, run.Kill);
            await run.ExitCodeAsync();
        }

        if (hasRemoteWork)
        {
            await DamageAsync(bucket, [.. (await SnapshotAsync(bucket, "work/")).Where(file => file.Key.EndsWith("/" + WorkFileNames.Tokenized, StringComparison.Ordinal))]);
        }

        await using (BytemillProcess refused = BytemillProcess.Start(S3Server.Environment(server.Endpoint, _directory["data"]), command))
        {
            Assert.Equal(2, await refused.ExitCodeAsync());
            Assert.Contains(refused.Errors, line => line.Contains("--resume", StringComparison.Ordinal));
        }

        await RunAsync(server.Endpoint, [.. command, "--resume"]);
        Assert.Empty(await SnapshotAsync(bucket, "work/"));
        SortedDictionary<string, byte[]> actual = await SnapshotAsync(bucket, "out/");
        Assert.True(actual.Remove(ResultManifest.FileName));
        AssertSame(expected, actual);
        Assert.Empty(TestDirectory.Snapshot(_directory["data"]));
    }

    [Fact]
    public async Task Cluster_NodesShareNoDiskAndOneIsKilled_GivesTheBytesOfDisks()
    {
        string bucket = server.NewBucket();
        await WriteCorpusAsync(bucket);
        string[] more = ["--shuffle", "7", "--keep-counts"];
        (int done, _, string[] errors) = await BytemillProcess.RunAsync([.. CommandFor(_directory["in"], _directory["out"]), .. more]);
        Assert.True(done == 0, string.Join('\n', errors));
        SortedDictionary<string, byte[]> expected = Comparable(TestDirectory.Snapshot(_directory["out"]));

        // As on machines of their own: each has another directory, and nothing else.
        string[] homes = ["home-1", "home-2", "home-3", "home-4"];
        Array.ForEach(homes, name => Directory.CreateDirectory(_directory[name]));
        string seed = NodeProcess.FreeAddress();
        BytemillProcess Start(int home, params string[] command) => BytemillProcess.Start(S3Server.Environment(server.Endpoint, _directory[homes[home]]), command);
        BytemillProcess Node(int home, string roles, params string[] options) => Start(
            home, ["node", "--config", Repository.Find("cluster-config/local.conf"), "--seed", seed, "--roles", roles, "--memory", "256MiB", .. options]);
        await using BytemillProcess first = Node(0, "coordinator,worker,shard", "--port", seed.Split(':')[1], "--journal", _directory["home-1/journal.db"]);
        await first.FirstLineAsync();
        await using BytemillProcess second = Node(1, "worker,shard", "--spill-dir", _directory["home-2/spill"], "--work-copies", "64MiB");
        await using BytemillProcess third = Node(2, "worker,shard");
        await Task.WhenAll(second.FirstLineAsync(), third.FirstLineAsync());

        string[] job = [.. CommandFor($"s3://{bucket}/corpus", $"s3://{bucket}/out").TakeWhile(part => part != "--workers"), .. more, "--cluster", seed];
        await RefusedAsync(job, "--spill-dir");
        await using BytemillProcess run = Start(3, [.. job, "--spill-dir", $"s3://{bucket}/work/"]);
        await third.ErrorLineAsync("Finished", third.Kill);
        int together = await run.ExitCodeAsync(first, second, third);

        Assert.True(together == 0, string.Join('\n', [.. run.Errors, .. first.Errors]));
        AssertSame(expected, Comparable(await SnapshotAsync(bucket, "out/")));
        Assert.All([first, second], node => Assert.Contains(node.Errors, line => line.Contains("Finished", StringComparison.Ordinal)));
        Assert.Empty(await SnapshotAsync(bucket, "work/"));
        Assert.Empty(TestDirectory.Snapshot(_directory[homes[3]]));
        second.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await second.ExitCodeAsync(first));
        Assert.Empty(Directory.GetFileSystemEntries(_directory["home-2/spill"]));
    }

    [Fact]
    public async Task Run_OutputThatIsThere_IsRefusedOrReplaced()
    {
        string bucket = server.NewBucket();
        await WriteCorpusAsync(bucket);
        using (AmazonS3Client client = S3Server.NewClient(server.Endpoint))
        {
            await client.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = bucket, Key = "full/notes.md", ContentBody = "mine", UseChunkEncoding = false }, TestContext.Current.CancellationToken);
        }

        await RefusedAsync(CommandFor($"s3://{bucket}/corpus", $"s3://{bucket}/full"), "holds files that are not a job's results");
        string[] train = ["train", "--input", $"s3://{bucket}/corpus", "--output", $"s3://{bucket}/out", "--vocab-size", "400"];
        await RunAsync(server.Endpoint, train);
        await RefusedAsync(train, "--overwrite");
        await RunAsync(server.Endpoint, [.. train, "--overwrite"]);
        await RefusedAsync(["train", "--input", $"s3://{bucket}/nothing", "--output", $"s3://{bucket}/other", "--vocab-size", "400"], $"s3://{bucket}/nothing");
        await RefusedAsync(["train", "--input", "s3://no-such-bucket/x/*.parquet", "--output", $"s3://{bucket}/other", "--vocab-size", "400"], "there is no bucket 'no-such-bucket'");
        await RefusedAsync(["train", "--input", $"s3://{bucket}/corpus", "--output", "s3://no-such-bucket/x", "--vocab-size", "400"], "there is no bucket 'no-such-bucket'");
    }

    [Fact]
    public async Task UpdateAndExtend_OnObjects_GiveTheBytesOfDisks()
    {
        string bucket = server.NewBucket();
        await WriteCorpusAsync(bucket);
        string[] train = ["train", "--vocab-size", "600", "--partition-size", "1", "--shards", "3", "--workers", "2", "--input"];
        await RunAsync(server.Endpoint, [.. train, _directory["in"], "--output", _directory["model"]]);
        await RunAsync(server.Endpoint, [.. train, $"s3://{bucket}/corpus/lang=a", "--output", $"s3://{bucket}/first", "--keep-counts"]);
        await RunAsync(server.Endpoint, [.. train, $"s3://{bucket}/corpus", "--output", $"s3://{bucket}/second", "--extend", $"s3://{bucket}/first"]);
        Assert.Equal(File.ReadAllBytes(_directory["model/model.bytemill"]), (await SnapshotAsync(bucket, "second/"))["model.bytemill"]);

        string[] tokenize = ["tokenize", "--model", $"s3://{bucket}/second/model.bytemill", "--output", $"s3://{bucket}/out", "--input"];
        await RunAsync(server.Endpoint, [.. tokenize, $"s3://{bucket}/corpus/lang=a"]);
        // Names change with the common directory of the inputs, then stay.
        await RunAsync(server.Endpoint, [.. tokenize, $"s3://{bucket}/corpus", "--update"]);
        await RunAsync(server.Endpoint, [.. tokenize, $"s3://{bucket}/corpus", "--update"]);
        await RunAsync(server.Endpoint, "tokenize", "--model", _directory["model/model.bytemill"], "--output", _directory["out"], "--input", _directory["in"]);
        Assert.Equal(
            TestDirectory.Snapshot(_directory["out"]).Where(file => file.Key.EndsWith(".parquet", StringComparison.Ordinal)),
            (await SnapshotAsync(bucket, "out/")).Where(file => file.Key.EndsWith(".parquet", StringComparison.Ordinal)));
        string[] verified = await RunAsync(server.Endpoint, "verify", $"s3://{bucket}/out");
        Assert.Contains(verified, line => line.Contains("all is as the manifest says", StringComparison.Ordinal));
    }

    private async Task RefusedAsync(string[] command, string reason)
    {
        await using BytemillProcess run = BytemillProcess.Start(S3Server.Environment(server.Endpoint, _directory["data"]), command);
        Assert.Equal(2, await run.ExitCodeAsync());
        Assert.Contains(reason, Assert.Single(run.Errors, line => line.Length > 0), StringComparison.Ordinal);
    }

    private async Task<string[]> RunAsync(string endpoint, params string[] command)
    {
        await using BytemillProcess run = BytemillProcess.Start(S3Server.Environment(endpoint, _directory["data"]), command);
        int exitCode = await run.ExitCodeAsync();
        Assert.True(exitCode == 0, string.Join('\n', run.Errors));
        return [.. run.Output];
    }

    // The first is gone, of the last a byte is another.
    private async Task DamageAsync(string bucket, KeyValuePair<string, byte[]>[] files)
    {
        Assert.NotEmpty(files);
        using AmazonS3Client client = S3Server.NewClient(server.Endpoint);
        await client.DeleteObjectAsync(bucket, "work/" + files[0].Key, TestContext.Current.CancellationToken);
        if (files is [_, .., (string key, byte[] content)])
        {
            content[content.Length / 2] ^= 4;
            using MemoryStream stream = new(content);
            await client.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = bucket, Key = "work/" + key, InputStream = stream, UseChunkEncoding = false }, TestContext.Current.CancellationToken);
        }
    }

    private static string[] CommandFor(string input, string output) =>
        ["run", "--input", input, "--output", output, "--vocab-size", "600", "--partition-size", "1", "--shards", "3", "--workers", "2"];

    private async Task WriteCorpusAsync(string bucket)
    {
        Directory.CreateDirectory(_directory["data"]);
        string line = string.Join(' ', Enumerable.Range(0, 800).Select(i => $"word{i * 7919 % 2_003}"));
        TestCorpus.Write(_directory["in/lang=a"], [.. Enumerable.Range(0, 120).Select(i => $"{i} {line} {i * 31}")], files: 3, rowsPerGroup: 8);
        TestCorpus.Write(_directory["in/lang=b"], [.. Enumerable.Range(0, 60).Select(i => $"{i * 3} {line} {i}")], files: 2, rowsPerGroup: 20);
        using AmazonS3Client client = S3Server.NewClient(server.Endpoint);
        foreach ((string name, byte[] content) in TestDirectory.Snapshot(_directory["in"]))
        {
            using MemoryStream stream = new(content);
            await client.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = bucket, Key = "corpus/" + name, InputStream = stream, UseChunkEncoding = false }, TestContext.Current.CancellationToken);
        }
    }

    private async Task<SortedDictionary<string, byte[]>> SnapshotAsync(string bucket, string prefix)
    {
        using AmazonS3Client client = S3Server.NewClient(server.Endpoint);
        SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal);
        var found = await client.ListObjectsV2Async(new Amazon.S3.Model.ListObjectsV2Request { BucketName = bucket, Prefix = prefix }, TestContext.Current.CancellationToken);
        foreach (Amazon.S3.Model.S3Object file in found.S3Objects ?? [])
        {
            using Amazon.S3.Model.GetObjectResponse answer = await client.GetObjectAsync(bucket, file.Key, TestContext.Current.CancellationToken);
            using MemoryStream content = new();
            await answer.ResponseStream.CopyToAsync(content, TestContext.Current.CancellationToken);
            files.Add(file.Key[prefix.Length..], content.ToArray());
        }

        return files;
    }

    // The manifest holds times, and the index of counts where the inputs were.
    private static SortedDictionary<string, byte[]> Comparable(SortedDictionary<string, byte[]> results)
    {
        Assert.True(results.Remove(ResultManifest.FileName));
        Assert.True(results.Remove(KeptCounts.DirectoryName + "/index"));
        return results;
    }

    private static void AssertSame(SortedDictionary<string, byte[]> expected, SortedDictionary<string, byte[]> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected, file => Assert.True(file.Value.AsSpan().SequenceEqual(actual[file.Key]), file.Key));
    }
}

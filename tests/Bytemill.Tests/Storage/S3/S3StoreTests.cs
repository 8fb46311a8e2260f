using System.Globalization;
using Amazon.S3;
using Bytemill.Corpus;

namespace Bytemill.Tests;

[Collection(S3Tests.Name)]
public sealed class S3StoreTests(S3Server server) : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void WrittenObject_IsFoundListedReadAndDeleted()
    {
        string root = "s3://" + server.NewBucket();
        S3Store store = S3Server.NewStore(server.Endpoint);
        Assert.Null(store.Find(root + "/a/b"));
        Assert.False(store.HasDirectory(root + "/a"));

        store.Write(root + "/a/b", "text"u8);
        store.Write(root + "/a/c/d", []);
        store.Write(root + "/ab", "x"u8);

        Assert.Equal(4, store.Find(root + "/a/b")!.Value.LengthBytes);
        Assert.Null(store.Find(root + "/a"));
        Assert.True(store.HasDirectory(root + "/a"));
        Assert.False(store.HasDirectory(root + "/a/b"));
        Assert.Equal([root + "/a/b", root + "/a/c"], store.Entries(root + "/a").Order(StringComparer.Ordinal));
        Assert.Equal([root + "/a", root + "/ab"], store.Entries(root).Order(StringComparer.Ordinal));
        Assert.Equal([root + "/a/b", root + "/a/c/d"], store.Files(root + "/a").Select(file => file.Path).Order(StringComparer.Ordinal));
        Assert.Equal("text"u8.ToArray(), ReadAll(store, root + "/a/b"));
        Assert.Empty(ReadAll(store, root + "/a/c/d"));

        store.Delete([root + "/a/b", root + "/a/never"]);
        Assert.Null(store.Find(root + "/a/b"));
        Assert.Throws<FileNotFoundException>(() => store.Open(root + "/a/b"));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.3)]
    [InlineData(2, 0.3)]
    public void Read_AnyRanges_AreThoseOfTheFile(int seed, double faults)
    {
        string path = $"s3://{server.NewBucket()}/large.bin";
        byte[] content = Random(seed, 5_300_000);
        using FaultyProxy proxy = new(server.Port, faults, seed);
        // Of which little is held, so that what was fetched ahead goes and comes again.
        S3Store store = S3Server.NewStore(proxy.Endpoint, cacheBytes: 3 << 20);
        store.Write(path, content);
        using IStoreFile file = store.Open(path);
        var random = new Random(seed);
        byte[] target = new byte[700_000];
        for (int i = 0; i < 60; i++)
        {
            int start = random.Next(content.Length);
            int length = Math.Min(random.Next(1, random.Next(2) == 0 ? 100 : target.Length), content.Length - start);
            if (i % 3 == 0)
            {
                file.Announce(start, random.Next(1, content.Length), isGlance: i % 2 == 0);
            }

            for (int done = 0; done < length;)
            {
                int read = file.Read(start + done, target.AsSpan(done, length - done));
                Assert.InRange(read, 1, length - done);
                done += read;
            }

            Assert.True(content.AsSpan(start, length).SequenceEqual(target.AsSpan(0, length)), $"{start} + {length}");
        }

        Assert.Equal(0, file.Read(content.Length, target));
        Assert.Equal(faults > 0, proxy.Spoilt > 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void Publish_InParts_AppearsWholeAndTheFileIsGone(double faults)
    {
        string path = $"s3://{server.NewBucket()}/out/part.parquet";
        byte[] content = Random(7, 21_000_001);
        File.WriteAllBytes(_directory["part"], content);
        using FaultyProxy proxy = new(server.Port, faults, seed: 5);
        S3Store store = S3Server.NewStore(proxy.Endpoint);

        store.Publish(_directory["part"], path);

        Assert.False(File.Exists(_directory["part"]));
        Assert.True(content.AsSpan().SequenceEqual(ReadAll(store, path)));
    }

    [Fact]
    public void TryCopy_WithinTheStore_MovesNoByteThroughThisMachine()
    {
        string root = "s3://" + server.NewBucket();
        byte[] content = Random(3, 100_000);
        using FaultyProxy proxy = new(server.Port, 0, seed: 0);
        S3Store store = S3Server.NewStore(proxy.Endpoint);
        store.Write(root + "/work/a b/x", content);

        Assert.True(store.TryCopy(store.Find(root + "/work/a b/x")!.Value, root + "/out/x"));
        Assert.False(proxy.Requests.ContainsKey("GET"));
        Assert.True(content.AsSpan().SequenceEqual(ReadAll(store, root + "/out/x")));
        Assert.False(store.TryCopy(new StoredFile(root + "/work/none", 5, ""), root + "/out/y"));
        Assert.False(store.TryCopy(store.Find(root + "/out/x")!.Value, _directory["x"]));
    }

    [Fact]
    public void Publish_PartsThatAreRefused_LeavesNothing()
    {
        string bucket = server.NewBucket();
        File.WriteAllBytes(_directory["part"], Random(7, 21_000_001));
        using FaultyProxy proxy = new(server.Port, 0, seed: 0) { Refuses = line => line.StartsWith("PUT", StringComparison.Ordinal) && line.Contains("partNumber=2", StringComparison.Ordinal) };
        S3Store store = new(() => Hasty(proxy.Endpoint), new BlockCache(1 << 20));

        StoreUnavailableException error = Assert.Throws<StoreUnavailableException>(() => store.Publish(_directory["part"], $"s3://{bucket}/out/part"));

        Assert.Contains($"s3://{bucket}/out/part cannot be written", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(_directory["part"]));
        Assert.Empty(store.Files("s3://" + bucket));
        Assert.Empty(proxy.Uploads);
    }

    [Fact]
    public async Task GiveUpUnfinished_UploadOfAProcessThatDied_IsEnded()
    {
        string bucket = server.NewBucket();
        using FaultyProxy proxy = new(server.Port, 0, seed: 0);
        using AmazonS3Client client = S3Server.NewClient(proxy.Endpoint);
        await client.InitiateMultipartUploadAsync(bucket, "out/a", TestContext.Current.CancellationToken);
        await client.InitiateMultipartUploadAsync(bucket, "other/b", TestContext.Current.CancellationToken);
        await client.InitiateMultipartUploadAsync(bucket, "out/june/c", TestContext.Current.CancellationToken);
        S3Store store = S3Server.NewStore(proxy.Endpoint);

        store.GiveUpUnfinished($"s3://{bucket}/out", new HashSet<string> { $"s3://{bucket}/out/a", $"s3://{bucket}/other/b" });

        Assert.Equal([$"/{bucket}/other/b", $"/{bucket}/out/june/c"], proxy.Uploads.Select(upload => upload.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_WrittenAnewMeanwhile_Fails()
    {
        string path = $"s3://{server.NewBucket()}/a.jsonl";
        S3Store store = S3Server.NewStore(server.Endpoint);
        store.Write(path, new byte[200_000]);
        using IStoreFile file = store.Open(path);
        byte[] some = new byte[10];
        Assert.Equal(10, file.Read(0, some));

        store.Write(path, Random(1, 200_000));

        IOException error = Assert.Throws<IOException>(() => file.Read(150_000, some));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("written anew", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_ManyPages_AreAllListed()
    {
        string root = "s3://" + server.NewBucket();
        S3Store store = S3Server.NewStore(server.Endpoint);
        string[] paths = [.. Enumerable.Range(0, 1500).Select(i => string.Create(CultureInfo.InvariantCulture, $"{root}/p/{i % 7}/{i:D5}.parquet"))];
        Parallel.ForEach(paths, new ParallelOptions { MaxDegreeOfParallelism = 4 }, path => store.Write(path, "x"u8));

        Assert.Equal(paths.Order(StringComparer.Ordinal), store.Files(root + "/p").Select(file => file.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Errors_NameBucketAndWhatToDo()
    {
        string bucket = server.NewBucket();
        S3Store store = S3Server.NewStore(server.Endpoint);
        Exception error = Assert.Throws<IOException>(() => store.Entries("s3://no-such-bucket/a").ToList());
        Assert.Contains("there is no bucket 'no-such-bucket' at " + server.Endpoint, error.Message, StringComparison.Ordinal);

        S3Store unknown = S3Server.NewStore(server.Endpoint, key: "unknown");
        error = Assert.Throws<UnauthorizedAccessException>(() => unknown.Entries($"s3://{bucket}/a").ToList());
        Assert.Contains("AWS_ACCESS_KEY_ID", error.Message, StringComparison.Ordinal);

        S3Store nobody = new(() => Hasty($"http://127.0.0.1:{NodeProcess.FreePorts(1)[0]}"), new BlockCache(1 << 20));
        error = Assert.Throws<StoreUnavailableException>(() => nobody.Entries($"s3://{bucket}/a").ToList());
        Assert.Contains("endpoint", error.Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => store.Find("s3:///key"));
    }

    // Gives up at once.
    private static AmazonS3Client Hasty(string endpoint) =>
        new(new Amazon.Runtime.BasicAWSCredentials(S3Server.AccessKey, S3Server.AccessKey), new AmazonS3Config
        {
            ServiceURL = endpoint,
            ForcePathStyle = true,
            AuthenticationRegion = "us-east-1",
            MaxErrorRetry = 1,
            RequestChecksumCalculation = Amazon.Runtime.RequestChecksumCalculation.WHEN_REQUIRED,
        });

    private static byte[] Random(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] ReadAll(S3Store store, string path)
    {
        using StoreStream stream = new(store.Open(path), path);
        using MemoryStream content = new();
        stream.CopyTo(content);
        return content.ToArray();
    }
}

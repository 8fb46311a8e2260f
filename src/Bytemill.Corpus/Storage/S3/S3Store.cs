using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.FileSystemGlobbing;
using Polly;
using Polly.Retry;

namespace Bytemill.Corpus;

/// <summary>Buckets of AWS, or of any store that speaks S3. Requests that fail for a moment are repeated by the SDK; answers that break off, here.</summary>
internal sealed class S3Store : IStore
{
    private const long DefaultReadAheadBytes = 64L << 20;
    private const int KeysOfDeletion = 1000;

    // The store answers when it is done, and a request does not wait for hours.
    private const long LargestCopyBytes = 1L << 30;

    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(60);

    private static readonly Lazy<S3Store> s_shared = new(() => new S3Store(() => S3ClientFactory.Create(), new BlockCache(DefaultReadAheadBytes)));

    private static readonly ResiliencePipeline s_retries = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder()
                .Handle<IOException>().Handle<HttpRequestException>().Handle<OperationCanceledException>().Handle<TimeoutException>(),
            MaxRetryAttempts = 8,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(100),
            MaxDelay = TimeSpan.FromSeconds(20),
            UseJitter = true,
        })
        .Build();

    // A client that could not be made, for want of credentials say, is tried again.
    private readonly Lazy<AmazonS3Client> _client;

    /// <param name="createClient">Makes the client at first use.</param>
    /// <param name="cache">Holds what is read.</param>
    public S3Store(Func<AmazonS3Client> createClient, BlockCache cache)
    {
        _client = new Lazy<AmazonS3Client>(createClient, LazyThreadSafetyMode.PublicationOnly);
        Cache = cache;
    }

    /// <summary>That of this process, as the environment has it.</summary>
    public static S3Store Shared => s_shared.Value;

    public BlockCache Cache { get; }

    public int ParallelTransfers => 16;

    public StoredFile? Find(string path)
    {
        var at = S3Location.Parse(path);
        return at.Key.Length == 0 || at.Key.EndsWith('/') ? null : Do(at, "looked at", FindAsync);

        async Task<StoredFile?> FindAsync()
        {
            try
            {
                GetObjectMetadataResponse found = await _client.Value.GetObjectMetadataAsync(at.Bucket, at.Key).ConfigureAwait(false);
                return new StoredFile(path, found.ContentLength, found.ETag);
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        }
    }

    public IStoreFile Open(string path) =>
        new S3File(this, Cache, Find(path) ?? throw new FileNotFoundException($"{path} cannot be opened: there is no such object."));

    public bool HasDirectory(string path)
    {
        var at = S3Location.Parse(path);
        return Do(at, "listed", () => _client.Value.ListObjectsV2Async(new ListObjectsV2Request { BucketName = at.Bucket, Prefix = at.Prefix, MaxKeys = 1 })).S3Objects is { Count: > 0 };
    }

    public IEnumerable<string> Entries(string directory) => List(directory, delimiter: "/").Select(entry => entry.Path);

    public IEnumerable<StoredFile> Files(string directory) => List(directory, delimiter: null);

    public IEnumerable<string> Match(string directory, params IEnumerable<string> globs)
    {
        string prefix = S3Location.Parse(directory).Prefix;
        Matcher matcher = new(StringComparison.Ordinal);
        matcher.AddIncludePatterns(globs);
        foreach (StoredFile file in Files(directory))
        {
            string relative = S3Location.Parse(file.Path).Key[prefix.Length..];
            if (!relative.Split('/').Any(name => name.Length == 0 || name[0] is '_' or '.') && matcher.Match(relative).HasMatches)
            {
                yield return file.Path;
            }
        }
    }

    public void CreateDirectory(string path)
    {
        // It is there when something is in it.
    }

    public void Write(string path, ReadOnlySpan<byte> content)
    {
        var at = S3Location.Parse(path);
        byte[] bytes = content.ToArray();
        PutObjectRequest request = S3Upload.Request(at);
        request.InputStream = new MemoryStream(bytes);
        Do(at, "written", () => _client.Value.PutObjectAsync(request));
    }

    public void Put(string localPath, string path, CancellationToken cancellation)
    {
        var at = S3Location.Parse(path);
        Do(at, "written", () => S3Upload.RunAsync(_client.Value, localPath, at, cancellation), cancellation);
    }

    public bool TryCopy(StoredFile file, string target)
    {
        if (!StorePath.IsRemote(target) || file.LengthBytes > LargestCopyBytes)
        {
            return false;
        }

        var from = S3Location.Parse(file.Path);
        var to = S3Location.Parse(target);
        return Do(to, "written", CopyAsync);

        async Task<bool> CopyAsync()
        {
            try
            {
                await _client.Value.CopyObjectAsync(new CopyObjectRequest
                {
                    SourceBucket = from.Bucket,
                    SourceKey = from.Key,
                    DestinationBucket = to.Bucket,
                    DestinationKey = to.Key,
                    ETagToMatch = file.Version,
                }).ConfigureAwait(false);
                return true;
            }
            catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.NotImplemented or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotFound
                or HttpStatusCode.BadRequest or HttpStatusCode.Forbidden)
            {
                // Not every store can. Where anything else is wrong, whoever reads and writes it instead is told.
                return false;
            }
        }
    }

    public void Publish(string localPath, string path)
    {
        Put(localPath, path, CancellationToken.None);
        File.Delete(localPath);
    }

    public void Delete(IEnumerable<string> paths)
    {
        foreach (IGrouping<string, S3Location> bucket in paths.Select(S3Location.Parse).GroupBy(at => at.Bucket, StringComparer.Ordinal))
        {
            foreach (S3Location[] some in bucket.Chunk(KeysOfDeletion))
            {
                Do(some[0], "deleted", () => _client.Value.DeleteObjectsAsync(
                    new DeleteObjectsRequest { BucketName = bucket.Key, Objects = [.. some.Select(at => new KeyVersion { Key = at.Key })], Quiet = true }));
            }
        }
    }

    public void DeleteEmptyDirectory(string path)
    {
        // Without anything in it, it is not there.
    }

    public void GiveUpUnfinished(string directory, IReadOnlySet<string>? paths)
    {
        var at = S3Location.Parse(directory);
        Do(at, "cleared of unfinished uploads", async () =>
        {
            try
            {
                await foreach (MultipartUpload upload in _client.Value.Paginators
                    .ListMultipartUploads(new ListMultipartUploadsRequest { BucketName = at.Bucket, Prefix = at.Prefix }).Uploads.ConfigureAwait(false))
                {
                    if (paths?.Contains(at.PathOf(upload.Key)) != false)
                    {
                        await _client.Value.AbortMultipartUploadAsync(at.Bucket, upload.Key, upload.UploadId).ConfigureAwait(false);
                    }
                }
            }
            catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.NotImplemented or HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
            {
                // Some stores do not tell, or not everybody. What lies there is invisible and costs room only, until a rule of the bucket removes it.
            }

            return true;
        });
    }

    /// <summary>Reads a range of an object.</summary>
    /// <exception cref="IOException">It cannot be read, or the object has been written anew.</exception>
    public async Task<byte[]> FetchAsync(StoredFile file, long start, int length)
    {
        byte[] content = GC.AllocateUninitializedArray<byte>(length);
        await ReadAsync(file, start, content).ConfigureAwait(false);
        return content;
    }

    public async Task ReadAsync(StoredFile file, long position, Memory<byte> target)
    {
        var at = S3Location.Parse(file.Path);
        int done = 0;
        try
        {
            await s_retries.ExecuteAsync(async _ => done = await FetchRestAsync(at, file, position, target, done, read => done = read).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw e is ChangedObjectException ? new IOException(e.Message, e) : S3Errors.Translate(at, "read", e);
        }
    }

    private async Task<int> FetchRestAsync(S3Location at, StoredFile file, long start, Memory<byte> content, int done, Action<int> progress)
    {
        var request = new GetObjectRequest
        {
            BucketName = at.Bucket,
            Key = at.Key,
            ByteRange = new ByteRange(start + done, start + content.Length - 1),
            EtagToMatch = file.Version,
        };
        using GetObjectResponse response = await _client.Value.GetObjectAsync(request).ConfigureAwait(false);
        if (response.ETag != file.Version)
        {
            throw new ChangedObjectException($"{at} cannot be read: it has been written anew since it was opened; do not change inputs while a job runs.");
        }

        if (response.ContentLength != content.Length - done)
        {
            throw new IOException($"the store answered with {response.ContentLength} bytes where {content.Length - done} were asked for");
        }

        using CancellationTokenSource silence = new();
        while (done < content.Length)
        {
            silence.CancelAfter(s_silence);
            int read = await response.ResponseStream.ReadAsync(content[done..], silence.Token).ConfigureAwait(false);
            if (read == 0)
            {
                throw new EndOfStreamException("the connection ended in the middle of an answer");
            }

            progress(done += read);
        }

        return done;
    }

    // Objects below a directory, or with a delimiter what stands right in it; page by page.
    private IEnumerable<StoredFile> List(string directory, string? delimiter)
    {
        var at = S3Location.Parse(directory);
        var request = new ListObjectsV2Request { BucketName = at.Bucket, Prefix = at.Prefix, Delimiter = delimiter };
        do
        {
            ListObjectsV2Response page = Do(at, "listed", () => _client.Value.ListObjectsV2Async(request));
            foreach (S3Object found in page.S3Objects ?? [])
            {
                // Some programs put an empty object for a directory.
                if (!found.Key.EndsWith('/'))
                {
                    yield return new StoredFile(at.PathOf(found.Key), found.Size ?? 0, found.ETag);
                }
            }

            foreach (string name in page.CommonPrefixes ?? [])
            {
                yield return new StoredFile(at.PathOf(name.TrimEnd('/')), 0, "");
            }

            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    private static T Do<T>(S3Location at, string action, Func<Task<T>> request, CancellationToken cancellation = default)
    {
        try
        {
            return request().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw S3Errors.Translate(at, action, e);
        }
    }

    // Trying again cannot help.
    private sealed class ChangedObjectException(string message) : Exception(message);
}

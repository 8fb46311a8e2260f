using Amazon.S3;
using Amazon.S3.Model;

namespace Bytemill.Corpus;

/// <summary>Puts a file of this machine into an object, large ones in parts. The object appears as a whole when its last part is there, or not at all.</summary>
/// <remarks>The SDK's own <c>TransferUtility</c> signs parts in chunks, which not every store knows.</remarks>
internal static class S3Upload
{
    private const long PartBytes = 8L << 20;
    private const int MostParts = 10_000;
    private const int PartsAtOnce = 4;

    /// <summary>Content that is signed as a whole.</summary>
    public static PutObjectRequest Request(S3Location at) => new() { BucketName = at.Bucket, Key = at.Key, UseChunkEncoding = false };

    public static async Task<bool> RunAsync(AmazonS3Client client, string localPath, S3Location at, CancellationToken cancellation)
    {
        long length = new FileInfo(localPath).Length;
        if (length <= 2 * PartBytes)
        {
            PutObjectRequest request = Request(at);
            request.FilePath = localPath;
            await client.PutObjectAsync(request, cancellation).ConfigureAwait(false);
            return true;
        }

        string upload = (await client.InitiateMultipartUploadAsync(at.Bucket, at.Key, cancellation).ConfigureAwait(false)).UploadId;
        try
        {
            PartETag[] parts = await UploadPartsAsync(client, localPath, length, at, upload, cancellation).ConfigureAwait(false);
            await client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = at.Bucket, Key = at.Key, UploadId = upload, PartETags = [.. parts] }, cancellation)
                .ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (await IsThereAsync(client, at, length, e).ConfigureAwait(false))
            {
                return true;
            }

            await GiveUpAsync(client, at, upload).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<PartETag[]> UploadPartsAsync(AmazonS3Client client, string localPath, long length, S3Location at, string upload, CancellationToken cancellation)
    {
        long partBytes = Math.Max(PartBytes, (length + MostParts - 1) / MostParts);
        int count = (int)((length + partBytes - 1) / partBytes);
        var parts = new PartETag[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = cancellation }, async (i, ended) =>
        {
            UploadPartResponse done = await client.UploadPartAsync(
                new UploadPartRequest
                {
                    BucketName = at.Bucket,
                    Key = at.Key,
                    UploadId = upload,
                    PartNumber = i + 1,
                    FilePath = localPath,
                    FilePosition = i * partBytes,
                    PartSize = Math.Min(partBytes, length - (i * partBytes)),
                    UseChunkEncoding = false,
                },
                ended).ConfigureAwait(false);
            parts[i] = new PartETag(i + 1, done.ETag);
        }).ConfigureAwait(false);
        return parts;
    }

    // Of a completion whose answer was lost, the next try is told that there is no such upload.
    private static async Task<bool> IsThereAsync(AmazonS3Client client, S3Location at, long length, Exception error)
    {
        if (error is not AmazonS3Exception { ErrorCode: "NoSuchUpload" })
        {
            return false;
        }

        try
        {
            return (await client.GetObjectMetadataAsync(at.Bucket, at.Key).ConfigureAwait(false)).ContentLength == length;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private static async Task GiveUpAsync(AmazonS3Client client, S3Location at, string upload)
    {
        try
        {
            await client.AbortMultipartUploadAsync(at.Bucket, at.Key, upload).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AmazonS3Exception or HttpRequestException or IOException)
        {
            // Must not hide why it failed. What is left is invisible, and the next job that comes to this place looks for it.
        }
    }
}

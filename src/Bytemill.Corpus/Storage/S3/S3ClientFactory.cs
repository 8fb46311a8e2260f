using Amazon.Runtime;
using Amazon.S3;

namespace Bytemill.Corpus;

/// <summary>Makes the client of the object store from what the SDK finds: environment, profiles, the machine's role.</summary>
internal static class S3ClientFactory
{
    private const int Retries = 8;
    private const string CopySource = "x-amz-copy-source";

    /// <summary>The endpoint, for messages.</summary>
    public static string EndpointText { get; private set; } = "AWS";

    /// <param name="credentials">Who asks; null for whom the SDK finds.</param>
    /// <param name="endpointUrl">Address of the store; null for that which the SDK finds.</param>
    public static AmazonS3Client Create(AWSCredentials? credentials = null, string? endpointUrl = null)
    {
        var config = new AmazonS3Config
        {
            // Backs off, at random, up to 20 s.
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = Retries,
        };
        if (endpointUrl is not null)
        {
            config.ServiceURL = endpointUrl;
        }

        if (config.ServiceURL is { Length: > 0 } endpoint)
        {
            EndpointText = endpoint.TrimEnd('/');
            // The region, where one is set, would else decide where requests go.
            string region = config.RegionEndpoint?.SystemName ?? "us-east-1";
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = region;
            // Few others than AWS have a host name for each bucket, and few know the checksums that the SDK has added since.
            config.ForcePathStyle = true;
            config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
            config.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
        }

        AmazonS3Client client = credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(credentials, config);
        client.BeforeRequestEvent += (_, e) => KeepSlashes(e);
        return client;
    }

    // Of what is to be copied the SDK encodes slashes, too, which not every store takes back.
    private static void KeepSlashes(RequestEventArgs request)
    {
        if (request is WebServiceRequestEventArgs { Headers: { } headers } && headers.TryGetValue(CopySource, out string? source))
        {
            headers[CopySource] = source.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        }
    }
}

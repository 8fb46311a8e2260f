using System.Net;
using Amazon.Runtime;
using Amazon.S3;

namespace Bytemill.Corpus;

/// <summary>Tells what a failure of the object store means, and what to do.</summary>
internal static class S3Errors
{
    /// <summary>The failure as the rest of the program knows it: as one of files.</summary>
    /// <param name="where">What was asked for.</param>
    /// <param name="action">What was to be done, as in "cannot be read".</param>
    /// <param name="error">What the SDK threw.</param>
    public static Exception Translate(S3Location where, string action, Exception error)
    {
        string message = $"{where} cannot be {action}: {Explain(where, error)}";
        return error switch
        {
            AmazonS3Exception { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" } => new FileNotFoundException(message, error),
            AmazonServiceException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } => new UnauthorizedAccessException(message, error),
            _ when MayPass(error) => new StoreUnavailableException(message, error),
            _ => new IOException(message, error),
        };
    }

    // Of all that the SDK has asked for again: no answer, or one that says "not now".
    private static bool MayPass(Exception error) => error switch
    {
        AmazonServiceException service => (int)service.StatusCode is 0 or 429 or >= 500 || service.ErrorCode is "SlowDown" or "RequestTimeout",
        AmazonClientException client => !IsOf(client, "redential") && !IsOf(client, "egion"),
        _ => error is IOException or HttpRequestException or TimeoutException or OperationCanceledException,
    };

    private static bool IsOf(AmazonClientException error, string word) => error.Message.Contains(word, StringComparison.Ordinal);

    private static string Explain(S3Location where, Exception error) => error switch
    {
        AmazonServiceException service => Explain(where, service),
        // No answer at all: of the credentials' or the region's lookup, of the network.
        AmazonClientException client when IsOf(client, "redential") =>
            "there are no credentials. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the machine a role.",
        AmazonClientException client when IsOf(client, "egion") =>
            "no region is set. Set AWS_REGION to that of the bucket, or AWS_ENDPOINT_URL for a store that is not AWS.",
        _ => $"{OneLine(error)}. Is the endpoint ({S3ClientFactory.EndpointText}) right, and reachable from here?",
    };

    private static string Explain(S3Location where, AmazonServiceException error) => error.ErrorCode switch
    {
        "NoSuchBucket" => $"there is no bucket '{where.Bucket}' at {S3ClientFactory.EndpointText}. Make it, or correct the name or AWS_ENDPOINT_URL.",
        "NoSuchKey" or "NotFound" => "there is no such object.",
        "InvalidAccessKeyId" => "the store does not know the access key. Correct AWS_ACCESS_KEY_ID (or the profile), or the endpoint that the key is not for.",
        "SignatureDoesNotMatch" => "the secret key does not fit the access key. Correct AWS_SECRET_ACCESS_KEY (or the profile).",
        "ExpiredToken" or "TokenRefreshRequired" or "InvalidToken" => "the session has ended. Log in once more, or correct AWS_SESSION_TOKEN.",
        "RequestTimeTooSkewed" => "the clock of this machine and that of the store are more than 15 minutes apart. Set the clock.",
        "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" or "TemporaryRedirect" =>
            $"the bucket '{where.Bucket}' is in another region ({OneLine(error)}). Set AWS_REGION to it.",
        "PreconditionFailed" => "it has been written anew since it was opened; do not change inputs while a job runs.",
        "SlowDown" or "ServiceUnavailable" or "InternalError" or "RequestTimeout" =>
            $"the store did not answer in several tries ({error.ErrorCode}). Try again later, or with fewer --workers.",
        _ when error.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized =>
            $"access is denied ({error.ErrorCode}). The credentials need s3:ListBucket for the bucket '{where.Bucket}' and s3:GetObject, s3:PutObject, s3:DeleteObject for what is below its prefix.",
        _ when error.InnerException is { } cause && (int)error.StatusCode == 0 =>
            $"{OneLine(cause)}. Is the endpoint ({S3ClientFactory.EndpointText}) right, and reachable from here?",
        _ => OneLine(error),
    };

    private static string OneLine(Exception error) => error.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}

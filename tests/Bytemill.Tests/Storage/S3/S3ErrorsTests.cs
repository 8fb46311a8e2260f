using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Bytemill.Corpus;

namespace Bytemill.Tests;

public class S3ErrorsTests
{
    [Theory]
    [InlineData("NoSuchBucket", HttpStatusCode.NotFound, typeof(IOException), "there is no bucket 'corpora'")]
    [InlineData("NoSuchKey", HttpStatusCode.NotFound, typeof(FileNotFoundException), "no such object")]
    [InlineData("AccessDenied", HttpStatusCode.Forbidden, typeof(UnauthorizedAccessException), "s3:GetObject")]
    [InlineData("SignatureDoesNotMatch", HttpStatusCode.Forbidden, typeof(UnauthorizedAccessException), "AWS_SECRET_ACCESS_KEY")]
    [InlineData("InvalidAccessKeyId", HttpStatusCode.Forbidden, typeof(UnauthorizedAccessException), "AWS_ACCESS_KEY_ID")]
    [InlineData("ExpiredToken", HttpStatusCode.BadRequest, typeof(IOException), "AWS_SESSION_TOKEN")]
    [InlineData("RequestTimeTooSkewed", HttpStatusCode.Forbidden, typeof(UnauthorizedAccessException), "Set the clock")]
    [InlineData("PermanentRedirect", HttpStatusCode.MovedPermanently, typeof(IOException), "AWS_REGION")]
    [InlineData("AuthorizationHeaderMalformed", HttpStatusCode.BadRequest, typeof(IOException), "AWS_REGION")]
    [InlineData("SlowDown", HttpStatusCode.ServiceUnavailable, typeof(StoreUnavailableException), "--workers")]
    [InlineData("RequestTimeout", HttpStatusCode.BadRequest, typeof(StoreUnavailableException), "--workers")]
    [InlineData("Whatever", HttpStatusCode.InternalServerError, typeof(StoreUnavailableException), "what the store said")]
    [InlineData("InvalidArgument", HttpStatusCode.BadRequest, typeof(IOException), "what the store said")]
    public void Translate_AnswerOfTheStore_NamesPlaceAndRemedy(string code, HttpStatusCode status, Type type, string remedy)
    {
        var answer = new AmazonS3Exception("what the store said", ErrorType.Sender, code, "request", status);
        Exception error = S3Errors.Translate(S3Location.Parse("s3://corpora/wiki/a.parquet"), "read", answer);
        Assert.IsType(type, error);
        Assert.StartsWith("s3://corpora/wiki/a.parquet cannot be read: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Translate_NoAnswer_MayPass()
    {
        foreach (Exception error in (Exception[])[new HttpRequestException("refused"), new IOException("reset"), new TimeoutException("late"), new OperationCanceledException("late"), new AmazonClientException("no capacity to ask again")])
        {
            Assert.IsType<StoreUnavailableException>(S3Errors.Translate(S3Location.Parse("s3://corpora/wiki"), "listed", error));
        }
    }

    [Theory]
    [InlineData("Failed to resolve AWS credentials.", "AWS_PROFILE")]
    [InlineData("No RegionEndpoint or ServiceURL configured", "AWS_REGION")]
    public void Translate_NothingToAskWith_SaysWhatToSet(string message, string remedy)
    {
        Exception error = S3Errors.Translate(S3Location.Parse("s3://corpora/wiki"), "listed", new AmazonClientException(message));
        Assert.IsType<IOException>(error);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }
}

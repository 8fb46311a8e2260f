using System.Collections.Immutable;
using Bytemill.Web.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Bytemill.Web.Api;

/// <summary>How errors are told to callers: as problems of RFC 9457.</summary>
internal static class Problems
{
    // Longer than the gap between two coordinators is often enough.
    private const string TryAgainSeconds = "5";

    /// <summary>Turns what endpoints throw into problems.</summary>
    public static void UseProblems(this RouteGroupBuilder group) => group.AddEndpointFilter(async (context, next) =>
    {
        try
        {
            return await next(context).ConfigureAwait(false);
        }
        catch (RequestFaultException e)
        {
            bool isUnreadable = e.InnerException is System.Text.Json.JsonException || e.Faults is [{ Place: "#" }];
            return Faults(e.Faults, isUnreadable ? StatusCodes.Status400BadRequest : StatusCodes.Status422UnprocessableEntity);
        }
        catch (ProblemException e)
        {
            return TypedResults.Problem(e.Message, statusCode: e.Status);
        }
        catch (ModelUnavailableException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status404NotFound);
        }
        catch (TimeoutException e)
        {
            context.HttpContext.Response.Headers[HeaderNames.RetryAfter] = TryAgainSeconds;
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (BadHttpRequestException e)
        {
            return TypedResults.Problem(e.Message, statusCode: e.StatusCode);
        }
    });

    private static ProblemHttpResult Faults(ImmutableArray<RequestFault> faults, int status) => TypedResults.Problem(
        faults.Length == 1 ? faults[0].Detail : "Several fields are at fault; see 'errors'.",
        title: "The request cannot be fulfilled as it is.",
        statusCode: status,
        extensions: new Dictionary<string, object?> { ["errors"] = faults });
}

/// <summary>A request that cannot be answered for a reason that is no fault of a field.</summary>
/// <param name="message">For the caller.</param>
/// <param name="status">HTTP status.</param>
internal sealed class ProblemException(string message, int status) : Exception(message)
{
    public int Status { get; } = status;

    public static ProblemException UnknownJob(string jobId) =>
        new($"The cluster knows no job '{jobId}'. Jobs that ended long ago are forgotten.", StatusCodes.Status404NotFound);
}

using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace Bytemill.Web.Hosting;

/// <summary>How many requests of one address are taken.</summary>
internal static class RequestLimits
{
    /// <summary>For the programs that use the HTTP interface.</summary>
    public const string Interface = "interface";

    /// <summary>For attempts at a token.</summary>
    public const string Guesses = "guesses";

    private const int Burst = 400;
    private const int PerSecond = 100;
    private const int GuessesPerMinute = 20;

    public static void AddRequestLimits(this IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.AddPolicy(Interface, context => RateLimitPartition.GetTokenBucketLimiter(CallerOf(context), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Burst,
            TokensPerPeriod = PerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        }));
        limiter.AddPolicy(Guesses, context => RateLimitPartition.GetFixedWindowLimiter(CallerOf(context), _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = GuessesPerMinute,
            Window = TimeSpan.FromMinutes(1),
        }));
        limiter.OnRejected = async (rejected, cancellation) =>
        {
            TimeSpan wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan told) ? told : TimeSpan.FromSeconds(1);
            string seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            rejected.HttpContext.Response.Headers[HeaderNames.RetryAfter] = seconds;
            await TypedResults.Problem($"Too many requests from this address. Try again in {seconds} s.", statusCode: StatusCodes.Status429TooManyRequests)
                .ExecuteAsync(rejected.HttpContext).ConfigureAwait(false);
        };
    });

    private static string CallerOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";
}

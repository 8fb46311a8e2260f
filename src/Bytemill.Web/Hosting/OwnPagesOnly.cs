using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Bytemill.Web.Hosting;

/// <summary>
/// Refuses what a page of another site makes a browser send: on loopback there is no token, and any page that its user looks at could
/// else start or cancel jobs.
/// </summary>
internal static class OwnPagesOnly
{
    public static void UseOwnPagesOnly(this WebApplication app) => app.Use(async (context, next) =>
    {
        string origin = context.Request.Headers.Origin.ToString();
        if (origin.Length > 0 && !IsOwn(origin, context.Request.Host))
        {
            await TypedResults.Problem(
                $"The request comes from a page of {origin}, and only those of this node may send any.", statusCode: StatusCodes.Status403Forbidden)
                .ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        // What these pages load comes from here; inline styles are how components set sizes.
        IHeaderDictionary headers = context.Response.Headers;
        headers[HeaderNames.ContentSecurityPolicy] =
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";
        headers[HeaderNames.XContentTypeOptions] = "nosniff";
        // Not no-referrer: with that, browsers send 'Origin: null' with this node's own forms (Fetch standard, "append a request Origin header").
        headers["Referrer-Policy"] = "same-origin";
        await next(context).ConfigureAwait(false);
    });

    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) && string.Equals(from.Authority, host.Value, StringComparison.OrdinalIgnoreCase);
}

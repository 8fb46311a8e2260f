using System.Text.Encodings.Web;
using Bytemill.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Bytemill.Web.Hosting;

/// <summary>The page that asks a browser's user for the node's token, once.</summary>
internal static class TokenPage
{
    public const string Path = "/token";

    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(30);

    public static void MapTokenPage(this WebApplication app)
    {
        app.MapGet(Path, ([FromQuery] string? to) => Show(to, fault: "", StatusCodes.Status200OK)).AllowAnonymous().ExcludeFromDescription();
        app.MapPost(Path, (HttpContext context, NodeOptions node, [FromForm] string? token, [FromForm] string? to) => Enter(context, node.Http, token, to))
            // Who has no pass yet has no session that another site could abuse.
            .AllowAnonymous().DisableAntiforgery().ExcludeFromDescription().RequireRateLimiting(RequestLimits.Guesses);
    }

    private static Results<RedirectHttpResult, ContentHttpResult> Enter(HttpContext context, HttpOptions http, string? token, string? to)
    {
        if (http.Token is { } expected)
        {
            if (!TokenAuthentication.AreEqual(token?.Trim() ?? "", expected))
            {
                return Show(to, "That is not the token of this node.", StatusCodes.Status403Forbidden);
            }

            context.Response.Cookies.Append(TokenAuthentication.CookieName, TokenAuthentication.PassOf(expected), new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = context.Request.IsHttps,
                IsEssential = true,
                MaxAge = s_lifetime,
            });
        }

        return TypedResults.LocalRedirect(IsLocal(to) ? to! : "/");
    }

    private static ContentHttpResult Show(string? to, string fault, int status)
    {
        string back = HtmlEncoder.Default.Encode(IsLocal(to) ? to! : "/");
        return TypedResults.Content(
            $"""
             <!DOCTYPE html>
             <html lang="en">
             <head>
                 <meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" /><meta name="color-scheme" content="light dark" />
                 <title>Bytemill</title>
                 <style>body {"{"} font: 1rem system-ui, sans-serif; max-width: 30rem; margin: 20vh auto 0; padding: 0 1rem {"}"} input, button {"{"} font: inherit; padding: .5rem {"}"} input {"{"} width: 100%; box-sizing: border-box; margin: .5rem 0 {"}"} [role=alert] {"{"} color: #c62828 {"}"}</style>
             </head>
             <body>
                 <h1>Bytemill</h1>
                 <form method="post" action="{Path}">
                     <label for="token">This node wants its token (of <code>--http-token-file</code> or <code>BYTEMILL_HTTP_TOKEN</code>):</label>
                     <input id="token" name="token" type="password" autocomplete="current-password" required autofocus />
                     <input name="to" type="hidden" value="{back}" />
                     <p role="alert">{HtmlEncoder.Default.Encode(fault)}</p>
                     <button type="submit">Enter</button>
                 </form>
             </body>
             </html>
             """,
            "text/html; charset=utf-8",
            statusCode: status);
    }

    // A path of this node, not of another host.
    private static bool IsLocal(string? path) => path is ['/', ..] and not ['/', '/' or '\\', ..];
}

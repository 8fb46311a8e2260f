using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Bytemill.Pipeline;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Bytemill.Web.Hosting;

/// <summary>
/// Lets in who knows the node's token: programs by <c>Authorization: Bearer</c>, browsers by a cookie that they get for it once. Without a token
/// everybody who reaches the address.
/// </summary>
internal sealed class TokenAuthentication(IOptionsMonitor<TokenAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<TokenAuthenticationOptions>(options, logger, encoder)
{
    public const string SchemeName = "token";
    public const string CookieName = "bytemill_pass";

    private const string BearerPrefix = "Bearer ";

    /// <summary>What a browser keeps instead of the token: made from it, the same on every node that has the same one, and it survives a restart.</summary>
    public static string PassOf(string token) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(token), "bytemill browser pass 1"u8));

    /// <summary>Compares without telling by the time it takes how far they agree.</summary>
    public static bool AreEqual(string given, string expected) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Options.Token is not { } token)
        {
            return Task.FromResult(LetIn());
        }

        string header = Request.Headers.Authorization.ToString();
        if (header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return Task.FromResult(AreEqual(header[BearerPrefix.Length..].Trim(), token) ? LetIn() : AuthenticateResult.Fail("The token is not that of this node."));
        }

        return Task.FromResult(Request.Cookies[CookieName] is { } pass && AreEqual(pass, PassOf(token)) ? LetIn() : AuthenticateResult.NoResult());
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (HttpMethods.IsGet(Request.Method) && Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html"))
        {
            Response.Redirect($"{TokenPage.Path}?to={Uri.EscapeDataString(Request.Path + Request.QueryString)}");
            return;
        }

        AuthenticateResult result = await HandleAuthenticateOnceSafeAsync().ConfigureAwait(false);
        Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer realm=\"bytemill\"" + (result.Failure is null ? "" : ", error=\"invalid_token\"");
        await TypedResults.Problem(
            result.Failure?.Message ?? "This node wants a token: send it as 'Authorization: Bearer …'.", statusCode: StatusCodes.Status401Unauthorized)
            .ExecuteAsync(Context).ConfigureAwait(false);
    }

    private static AuthenticateResult LetIn() => AuthenticateResult.Success(
        new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "user")], SchemeName)), SchemeName));
}

/// <summary>The token of <see cref="TokenAuthentication"/>.</summary>
internal sealed class TokenAuthenticationOptions : AuthenticationSchemeOptions
{
    /// <summary><c>null</c> when none is asked for.</summary>
    public string? Token { get; set; }
}

/// <summary>Puts <see cref="TokenAuthentication"/> into a web server.</summary>
internal static class TokenAuthenticationHosting
{
    public static void AddTokenAuthentication(this IServiceCollection services, HttpOptions http)
    {
        services.AddAuthentication(TokenAuthentication.SchemeName)
            .AddScheme<TokenAuthenticationOptions, TokenAuthentication>(TokenAuthentication.SchemeName, options => options.Token = http.Token);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddCascadingAuthenticationState();
    }

    public static void UseTokenAuthentication(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapTokenPage();
    }
}

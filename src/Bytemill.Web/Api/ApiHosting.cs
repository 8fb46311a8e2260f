using Bytemill.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bytemill.Web.Api;

/// <summary>Puts the HTTP interface into a web server.</summary>
internal static class ApiHosting
{
    public const string DocumentPath = "/openapi/v1.json";

    public static void AddApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options => BytemillJson.Configure(options.SerializerOptions));
        services.AddOpenApi("v1", openApi => openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Bytemill";
            document.Info.Version = ApiVersion.Program;
            document.Info.Description = "Training jobs of a Bytemill cluster: submitted, watched, and what they have made. See docs/api.md.";

            // That of the node that was asked is where the document came from.
            document.Servers?.Clear();
            return Task.CompletedTask;
        }));
    }

    /// <summary>Puts what the server itself has to say, such as that there is nothing at an address, into problems.</summary>
    public static void UseApiProblems(this WebApplication app) => app.UseWhen(
        context => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal), api => api.UseStatusCodePages());

    public static void MapApi(this WebApplication app)
    {
        app.MapOpenApi(DocumentPath.Replace("v1", "{documentName}", StringComparison.Ordinal));
        RouteGroupBuilder api = app.MapGroup(ApiVersion.Root).RequireRateLimiting(RequestLimits.Interface);
        api.UseProblems();
        api.AddEndpointFilter(async (context, next) =>
        {
            context.HttpContext.Response.Headers[ApiVersion.Header] = ApiVersion.Program;
            return await next(context).ConfigureAwait(false);
        });
        api.MapCluster();
        api.MapJobs();
        api.MapWatching();
        api.MapResults();
        api.MapModels();
        api.MapStreams();
    }
}

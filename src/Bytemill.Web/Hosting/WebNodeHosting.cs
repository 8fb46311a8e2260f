using System.Net;
using Bytemill.Pipeline;
using Bytemill.Web.Api;
using Bytemill.Web.Dashboard;
using Bytemill.Web.Live;
using Bytemill.Web.Models;
using Bytemill.Web.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Bytemill.Web.Hosting;

/// <summary>The only wiring entry of the web: a node that serves the dashboard and the HTTP interface.</summary>
public static class WebNodeHosting
{
    // Documents go by path; what comes over the wire are texts to be cut, and questions.
    private const long LargestRequestBytes = 8L << 20;

    /// <summary>Adds the web to a node that has been added by <see cref="PipelineHosting.AddBytemillNode"/>.</summary>
    public static WebApplicationBuilder AddBytemillWeb(this WebApplicationBuilder builder, NodeOptions node)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestRequestBytes;
            kestrel.Listen(AddressOf(node.Http), node.Http.Port);
        });
        IServiceCollection services = builder.Services;
        services.AddRouting();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(node);
        services.AddSingleton(new ModelShelfOptions());
        services.AddSingleton<ModelShelf>();
        services.AddSingleton<ClusterFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<ClusterFeed>());
        services.AddHostedService<ShelfKeeper>();
        services.AddHostFiltering(filter => filter.AllowedHosts = [.. HostsOf(node.Http)]);
        services.AddProblemDetails();
        services.AddTokenAuthentication(node.Http);
        services.AddRequestLimits();
        services.AddApi();
        services.AddBytemillTelemetry(node);
        services.AddDashboard();
        return builder;
    }

    /// <summary>Serves everything.</summary>
    public static WebApplication MapBytemillWeb(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseExceptionHandler();
        app.UseApiProblems();
        app.UseHostFiltering();
        app.UseOwnPagesOnly();
        app.UseRouting();
        // Before the token is looked at: guesses are limited, too.
        app.UseRateLimiter();
        app.UseTokenAuthentication();
        app.MapApi();
        app.MapBytemillTelemetry();
        app.MapDashboard();
        return app;
    }

    /// <summary>Where a node that has started serves HTTP, as <c>http://127.0.0.1:4080</c>; <c>null</c> when it does not.</summary>
    public static string? FindHttpAddress(this IHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.Services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
    }

    // A name of somebody else's that leads to loopback must not make a browser take this node for that site.
    private static string[] HostsOf(HttpOptions http) => NodeExposure.IsLoopback(http.Hostname) ? ["localhost", "127.0.0.1", "[::1]", http.Hostname] : ["*"];

    private static IPAddress AddressOf(HttpOptions http) =>
        IPAddress.TryParse(http.Hostname, out IPAddress? given) ? given : Dns.GetHostAddresses(http.Hostname)[0];
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.FileProviders;
using MudBlazor.Services;

namespace Bytemill.Web.Dashboard;

/// <summary>Puts the dashboard into a web server.</summary>
public static class DashboardHosting
{
    // What somebody types or pastes comes in one message.
    private const int LargestMessageBytes = 1 << 20;

    /// <summary>Adds what the pages need; a <see cref="Models.ModelShelf"/> must be there too.</summary>
    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        services.AddRazorComponents()
            .AddInteractiveServerComponents()
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = LargestMessageBytes);
        services.AddMudServices();
        services.AddResponseCompression();
        services.TryAddSingleton<IDashboardFeed, LiveFeed>();

        // A page of a node that was restarted is loaded anew, so no key needs to outlive the process.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        return services;
    }

    /// <summary>Serves the pages and all that belongs to them; nothing comes from another host.</summary>
    public static void MapDashboard(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseResponseCompression();
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new EmbeddedFileProvider(typeof(DashboardHosting).Assembly, "Bytemill.Web.Assets"),
            // Asked for each time, and sent only when it has changed: after an update nobody has the old script.
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
        });
        app.UseAntiforgery();
        app.MapRazorComponents<DashboardRoot>().AddInteractiveServerRenderMode();
    }
}

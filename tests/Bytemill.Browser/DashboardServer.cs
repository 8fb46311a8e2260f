using System.Collections.Immutable;
using System.Net;
using Bytemill.Tokenization;
using Bytemill.Web.Dashboard;
using Bytemill.Web.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bytemill.Browser;

/// <summary>The dashboard with a feed of the test's, in this process.</summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TestDirectory _directory;

    private DashboardServer(WebApplication app, TestDirectory directory)
    {
        _app = app;
        _directory = directory;
    }

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <param name="feed">What its pages show.</param>
    /// <param name="port">0 takes a free one.</param>
    /// <param name="models">Models on its shelf, by name; null for a small one.</param>
    public static async Task<DashboardServer> StartAsync(FakeFeed feed, int port = 0, params (string Name, TokenizerModel Model)[] models)
    {
        var directory = new TestDirectory();
        ImmutableArray<string> paths = [.. (models.Length == 0 ? [("small.bytemill", TestModels.Small()), ("other.bytemill", TestModels.Small(special: "<|x|>"))] : models).Select(model => Write(directory[model.Item1], model.Item2))];
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IDashboardFeed>(feed);
        builder.Services.AddSingleton(new ModelShelf(new ModelShelfOptions { Paths = paths }));
        builder.Services.AddDashboard();
        WebApplication app = builder.Build();
        app.MapDashboard();
        await app.StartAsync();
        return new DashboardServer(app, directory);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _directory.Dispose();
    }

    private static string Write(string path, TokenizerModel model)
    {
        using FileStream file = File.Create(path);
        ModelFile.Write(model, file);
        return path;
    }
}

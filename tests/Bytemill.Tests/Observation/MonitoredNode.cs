using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Akka.Actor;
using Akka.Hosting;
using Bytemill.Pipeline;
using Bytemill.Web.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Bytemill.Tests;

/// <summary>A cluster of one that serves its telemetry and sends it to a collector, both in this process.</summary>
internal sealed class MonitoredNode : IAsyncDisposable
{
    private readonly WebApplication _collector;
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, string Body)> _collected;

    private MonitoredNode(WebApplication collector, WebApplication app, ConcurrentQueue<(string Path, string Body)> collected)
    {
        (_collector, _app, _collected) = (collector, app, collected);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        System = app.Services.GetRequiredService<ActorSystem>();
        Jobs = new JobClient(System, app.Services.GetRequiredService<ActorRegistry>().Get<JobCoordinatorKey>());
    }

    public HttpClient Http { get; }

    public ActorSystem System { get; }

    public JobClient Jobs { get; }

    /// <summary>What the collector was sent: protobuf as Latin-1, in which names are to be found.</summary>
    public IEnumerable<(string Path, string Body)> Collected => _collected;

    public static async Task<MonitoredNode> StartAsync()
    {
        var collected = new ConcurrentQueue<(string Path, string Body)>();
        WebApplication collector = NewServer(_ => { }).Build();
        collector.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            collected.Enqueue((signal, Encoding.Latin1.GetString(body.ToArray())));
        });
        await collector.StartAsync(TestContext.Current.CancellationToken);

        var node = new NodeOptions { Workers = 2, MemoryBytes = 4 << 20, OtlpEndpoint = new Uri(collector.Urls.Single()) };
        WebApplication app = NewServer(services => services
            .AddBytemillNode(node)
            .AddBytemillTelemetry(node)
            .AddBytemillCollector(node, node.OtlpEndpoint)).Build();
        app.MapBytemillTelemetry();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new MonitoredNode(collector, app, collected);
    }

    /// <summary>Ends the node, which sends what it has not sent yet.</summary>
    public async Task StopAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Http.Dispose();
        await _collector.DisposeAsync();
    }

    private static WebApplicationBuilder NewServer(Action<IServiceCollection> add)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        add(builder.Services);
        return builder;
    }
}

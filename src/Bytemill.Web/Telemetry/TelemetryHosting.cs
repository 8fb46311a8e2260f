using Bytemill.Pipeline;
using Bytemill.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Bytemill.Web.Telemetry;

/// <summary>
/// What a node tells the world outside: metrics to Prometheus, which asks for them, metrics and traces to a collector (OTLP), and whether it
/// lives and can be given work.
/// </summary>
public static class TelemetryHosting
{
    /// <summary>Where Prometheus asks.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>Whether the process lives: 200, or 503 when its actor system has ended.</summary>
    public const string LivenessPath = "/healthz";

    /// <summary>Whether it takes part: 200, or 503 as long as it is no member of its cluster or no coordinator answers.</summary>
    public const string ReadinessPath = "/readyz";

    // Of .NET itself: collections, heap, thread pool; and the requests that this node is asked.
    private const string RuntimeMeter = "System.Runtime";
    private const string RequestMeter = "Microsoft.AspNetCore.Hosting";

    private const string Live = "live";
    private const string Ready = "ready";

    /// <summary>Sends metrics and traces to a collector.</summary>
    /// <param name="services">Of a node, with or without the web.</param>
    /// <param name="node">The node.</param>
    /// <param name="endpoint">Its <see cref="NodeOptions.OtlpEndpoint"/>.</param>
    public static IServiceCollection AddBytemillCollector(this IServiceCollection services, NodeOptions node, Uri endpoint)
    {
        Telemetry(services, node)
            .WithMetrics(metrics => metrics.AddOtlpExporter(exporter => Send(exporter, endpoint, "v1/metrics")))
            .WithTracing(tracing => tracing.AddSource(PipelineTelemetry.SourceName).AddOtlpExporter(exporter => Send(exporter, endpoint, "v1/traces")));
        return services;
    }

    /// <summary>What <see cref="MapBytemillTelemetry"/> serves, for a node that has been added by <see cref="PipelineHosting.AddBytemillNode"/>.</summary>
    public static IServiceCollection AddBytemillTelemetry(this IServiceCollection services, NodeOptions node)
    {
        Telemetry(services, node).WithMetrics(metrics => metrics.AddPrometheusExporter());
        services.AddHealthChecks()
            .AddCheck<LivenessCheck>(Live, tags: [Live])
            .AddCheck<ReadinessCheck>(Ready, tags: [Ready]);
        return services;
    }

    /// <summary>
    /// Serves <see cref="MetricsPath"/>, under the rules of who may ask, and <see cref="LivenessPath"/> and <see cref="ReadinessPath"/>, which
    /// whoever supervises the process may ask without a token.
    /// </summary>
    public static IEndpointRouteBuilder MapBytemillTelemetry(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        endpoints.MapPrometheusScrapingEndpoint(MetricsPath);
        MapHealth(endpoints, LivenessPath, Live);
        MapHealth(endpoints, ReadinessPath, Ready);
        return endpoints;
    }

    private static OpenTelemetryBuilder Telemetry(IServiceCollection services, NodeOptions node) => services.AddOpenTelemetry()
        .ConfigureResource(resource => resource.AddService(
            "bytemill", serviceVersion: PipelineTelemetry.Version, serviceInstanceId: Units.Format($"{node.Hostname}:{node.Port}")))
        .WithMetrics(metrics => metrics.AddMeter(PipelineTelemetry.MeterName, RuntimeMeter, RequestMeter));

    private static void Send(OtlpExporterOptions exporter, Uri endpoint, string path)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/" + path);
    }

    private static void MapHealth(IEndpointRouteBuilder endpoints, string path, string tag) => endpoints
        .MapHealthChecks(path, new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(tag),
            ResponseWriter = (context, report) => context.Response.WriteAsync(
                string.Join('\n', report.Entries.Values.Select(check => check.Description ?? check.Exception?.Message ?? check.Status.ToString()))),
        })
        .AllowAnonymous()
        .RequireRateLimiting(RequestLimits.Interface);
}

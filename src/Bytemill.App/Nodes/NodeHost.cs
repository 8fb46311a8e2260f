using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Bytemill.Pipeline;
using Bytemill.Web.Hosting;
using Bytemill.Web.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Bytemill.App;

/// <summary>The generic host around a node.</summary>
internal static class NodeHost
{
    // The phases of leaving a cluster may take longer than the 30 s that a host allows by default.
    private static readonly TimeSpan s_shutdownTimeout = TimeSpan.FromSeconds(90);

    /// <summary>Starts a host; it does not listen to signals, the caller stops it.</summary>
    /// <exception cref="JobInputException">An option is at fault, or the address cannot be had.</exception>
    public static async Task<IHost> StartAsync(NodeOptions node, NodeLogging logging)
    {
        NodeExposure.Check(node);
        CheckAddress(node.Hostname, node.Port, "--hostname", "--port");
        if (node.ServesHttp)
        {
            CheckAddress(node.Http.Hostname, node.Http.Port, "--http", "--http (with run: --dashboard)");
        }

        node = await SeedLookup.ApplyAsync(node, CancellationToken.None).ConfigureAwait(false);
        IHost host = Build(node, logging);
        try
        {
            // Without cancellation: the actor system takes a start broken off for a fault that ends the process.
            await host.StartAsync(CancellationToken.None).ConfigureAwait(false);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    // No arguments, settings files or environment: a stray appsettings.json must not change a job.
    private static IHost Build(NodeOptions node, NodeLogging logging)
    {
        if (node.ServesHttp)
        {
            return BuildWeb(node, logging);
        }

        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        AddNode(builder, node, logging);
        return builder.Build();
    }

    // Apart, so that what does not serve loads nothing of the web.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WebApplication BuildWeb(NodeOptions node, NodeLogging logging)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        AddNode(builder, node, logging);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Error);
        return builder.AddBytemillWeb(node).Build().MapBytemillWeb();
    }

    private static void AddNode(IHostApplicationBuilder builder, NodeOptions node, NodeLogging logging)
    {
        builder.Logging.SetMinimumLevel(logging == NodeLogging.Verbose ? LogLevel.Information : LogLevel.Warning);
        if (logging == NodeLogging.WarningsOnly)
        {
            // Of Akka.NET only faults; of the network nothing: what comes of it for the job is told by us.
            // Likewise of the journal: the coordinator says what it means, and a stopped job may break its start off.
            builder.Logging.AddFilter("Akka", LogLevel.Error).AddFilter("Akka.Remote", LogLevel.None).AddFilter("Akka.Persistence", LogLevel.None);
        }

        // Its exceptions come to us, and what it says at start would be repeated.
        builder.Logging.AddFilter("Microsoft", LogLevel.None);
        builder.Logging.AddConsole(console => console.FormatterName = node.LogFormat == LogFormat.Json ? ConsoleFormatterNames.Json : LineFormatter.FormatterName);
        builder.Services.Configure<JsonConsoleFormatterOptions>(json =>
        {
            json.UseUtcTimestamp = true;
            json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
        builder.Logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_shutdownTimeout);
        builder.Services.AddBytemillNode(node);
        if (node.OtlpEndpoint is { } collector)
        {
            AddCollector(builder.Services, node, collector);
        }

        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
    }

    // Apart, so that a node without a collector loads nothing of this.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddCollector(IServiceCollection services, NodeOptions node, Uri collector) => services.AddBytemillCollector(node, collector);

    // Tried here, since an actor system that cannot listen ends the process with pages of nested exceptions.
    private static void CheckAddress(string hostname, int port, string hostOption, string portOption)
    {
        try
        {
            IPAddress address = IPAddress.TryParse(hostname, out IPAddress? given) ? given : Dns.GetHostAddresses(hostname)[0];
            using var listener = new TcpListener(address, port);
            listener.Start();
        }
        catch (SocketException e)
        {
            throw new JobInputException(
                $"Cannot listen at {Units.Format($"{hostname}:{port}")}: {e.Message}. {(e.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"Choose another {portOption}; 0 takes a free one."
                    : $"Give an address of this machine with {hostOption}.")}",
                e);
        }
    }

    /// <summary>Completes when the node is a member of its cluster.</summary>
    /// <exception cref="JobInputException">No cluster answered in time.</exception>
    public static async Task JoinedAsync(ActorSystem system, NodeOptions node, TimeSpan timeout, CancellationToken cancellation)
    {
        var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Akka.Cluster.Cluster.Get(system).RegisterOnMemberUp(() => joined.TrySetResult());
        try
        {
            await joined.Task.WaitAsync(timeout, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new JobInputException(
                $"No cluster answered at {string.Join(", ", node.SeedNodes)} within {timeout.TotalSeconds:0} s. Is a node running there (bytemill node)? {(node.Tls is null
                    ? "If the cluster uses TLS, give --tls-certificate, --tls-key and --tls-ca."
                    : "It lets this one in only by a certificate of its own authority.")}",
                e);
        }
    }

    /// <summary>Ends the actor system of a node that is a cluster of one and whose job is over: nobody is there to take leave of.</summary>
    public static Task EndAloneAsync(IHost host) =>
        CoordinatedShutdown.Get(host.Services.GetRequiredService<ActorSystem>())
            .Run(CoordinatedShutdown.ClrExitReason.Instance, CoordinatedShutdown.PhaseActorSystemTerminate);

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

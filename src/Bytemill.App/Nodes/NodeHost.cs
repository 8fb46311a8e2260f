using Akka.Actor;
using Bytemill.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Bytemill.App;

/// <summary>The generic host around a node.</summary>
internal static class NodeHost
{
    /// <summary>A host that is not started yet. With <paramref name="ownSignals"/> it ends by itself on Ctrl-C and SIGTERM; else the caller stops it.</summary>
    public static IHost Build(NodeOptions node, NodeLogging logging, bool ownSignals)
    {
        // No arguments, settings files or environment: a stray appsettings.json must not change a job.
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(logging == NodeLogging.Verbose ? LogLevel.Information : LogLevel.Warning);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.ColorBehavior = LoggerColorBehavior.Default;
        });
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddBytemillNode(node);
        if (!ownSignals)
        {
            builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        }

        return builder.Build();
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
                $"No cluster answered at {string.Join(", ", node.SeedNodes)} within {timeout.TotalSeconds:0} s. Is a node running there (bytemill node)?", e);
        }
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

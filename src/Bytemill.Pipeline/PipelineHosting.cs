using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Bytemill.Pipeline;

/// <summary>The only wiring entry: makes a process a node of a Bytemill cluster.</summary>
public static class PipelineHosting
{
    /// <summary>Name of the actor system; the same on every node of a cluster.</summary>
    public const string SystemName = "bytemill";

    /// <summary>Adds the actor system with the actors of the node's roles. A node without seeds starts a cluster of one.</summary>
    /// <exception cref="JobInputException">The configuration file does not exist or is not HOCON.</exception>
    public static IServiceCollection AddBytemillNode(this IServiceCollection services, NodeOptions options)
    {
        var node = new NodeServices(options);
        services.AddSingleton(node);
        Config fileConfig = ReadConfig(options.ConfigFile);
        Config baseConfig = BaseConfig;
        services.AddAkka(SystemName, builder =>
        {
            builder
                .ConfigureLoggers(loggers =>
                {
                    loggers.ClearLoggers();
                    loggers.AddLoggerFactory();
                    loggers.LogLevel = LogLevel.InfoLevel;
                })
                .AddHocon(fileConfig.WithFallback(baseConfig), HoconAddMode.Prepend)
                .WithStrictSerialization()
                .WithCustomSerializer("bytemill", [typeof(IWireMessage)], system => new PipelineSerializer(system))
                .WithRemoting(new RemoteOptions { HostName = options.Hostname, PublicHostName = options.Hostname, Port = options.Port })
                .WithClustering(new ClusterOptions
                {
                    Roles = [.. options.Roles],
                    SeedNodes = [.. options.SeedNodes.Select(AddressOf)],
                })
                .AddJobCoordinator(node)
                .AddWorkers(node)
                .AddShardHost(node);
            if (options.SeedNodes.IsEmpty)
            {
                builder.AddStartup((system, _) =>
                {
                    var cluster = Akka.Cluster.Cluster.Get(system);
                    cluster.Join(cluster.SelfAddress);
                });
            }
        });
        return services;
    }

    /// <summary>The defaults under every node, embedded from <c>cluster-config/base.conf</c>.</summary>
    internal static Config BaseConfig
    {
        get
        {
            using Stream resource = typeof(PipelineHosting).Assembly.GetManifestResourceStream("base.conf")
                ?? throw new InvalidOperationException("The embedded base.conf is missing from the assembly.");
            using var reader = new StreamReader(resource);
            return ConfigurationFactory.ParseString(reader.ReadToEnd());
        }
    }

    private static string AddressOf(string seed) => new Address("akka.tcp", SystemName, HostOf(seed), PortOf(seed)).ToString();

    private static string HostOf(string seed) =>
        seed.LastIndexOf(':') is var colon and > 0
            ? seed[..colon]
            : throw new JobInputException($"A seed node is written host:port; found '{seed}'.");

    private static int PortOf(string seed) =>
        int.TryParse(seed.AsSpan(seed.LastIndexOf(':') + 1), System.Globalization.CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536
            ? port
            : throw new JobInputException($"A seed node is written host:port with a port in [1..65535]; found '{seed}'.");

    /// <summary>Reads a HOCON file; without one, nothing.</summary>
    /// <exception cref="JobInputException">The file does not exist or is not HOCON.</exception>
    public static Config ReadConfig(string? path)
    {
        if (path is null)
        {
            return Config.Empty;
        }

        if (!File.Exists(path))
        {
            throw new JobInputException($"No configuration file at '{path}'.");
        }

        try
        {
            return ConfigurationFactory.ParseString(File.ReadAllText(path));
        }
        catch (Exception e) when (e is FormatException or ConfigurationException)
        {
            throw new JobInputException($"{path}: not HOCON: {e.Message}", e);
        }
    }
}

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
    /// <exception cref="JobInputException">
    /// The configuration file does not exist or is not HOCON, a seed is not <c>host:port</c>, a certificate is of no use, or the
    /// address is open to strangers (<see cref="NodeExposure"/>).
    /// </exception>
    public static IServiceCollection AddBytemillNode(this IServiceCollection services, NodeOptions options)
    {
        NodeExposure.Check(options);
        RemoteOptions remoting = RemotingOf(options);
        var node = new NodeServices(options);
        services.AddSingleton(node);
        Config fileConfig = ReadConfig(options.ConfigFile);
        Config baseConfig = BaseConfig;
        string protocol = options.Tls is null ? "akka.tcp" : "akka.ssl.tcp";
        string[] seeds = [.. options.SeedNodes.Select(seed => AddressOf(protocol, seed))];
        services.AddAkka(SystemName, builder =>
        {
            builder
                .ConfigureLoggers(loggers =>
                {
                    loggers.AddLoggerFactory();
                    loggers.ClearLoggers();
                    loggers.AddLogger<NodeLogger>();
                    loggers.LogLevel = LogLevel.InfoLevel;
                })
                .AddHocon(fileConfig.AddLeases(options).WithFallback(baseConfig), HoconAddMode.Prepend)
                .WithStrictSerialization()
                .WithCustomSerializer("bytemill", [typeof(IWireMessage)], system => new PipelineSerializer(system))
                .WithRemoting(remoting)
                .WithClustering(new ClusterOptions
                {
                    Roles = ClusterRoles.InCluster(options.Roles),
                    SeedNodes = seeds,
                })
                .AddJobCoordinator(node)
                .AddWorkers(node)
                .AddShardHost(node)
                .AddNodeReporter(node);
            // Of the process, which may outlive its node, as that of the tests does; threads that compute end with what they do.
            builder.AddStartup((system, _) => system.RegisterOnTermination(node.StopWatching));

            if (options.IsAlone)
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

    private static RemoteOptions RemotingOf(NodeOptions options)
    {
        var remoting = new RemoteOptions { HostName = options.Hostname, PublicHostName = options.Hostname, Port = options.Port };
        if (options.Tls is { } tls)
        {
            var certificate = NodeCertificate.Load(tls);
            remoting.EnableSsl = true;
            remoting.Ssl.X509Certificate = certificate.Certificate;
            remoting.Ssl.SuppressValidation = false;
            remoting.Ssl.RequireMutualAuthentication = true;
            remoting.Ssl.CustomValidator = new PeerCheck(certificate.Authorities).IsTrusted;
        }

        return remoting;
    }

    private static string AddressOf(string protocol, string seed) => new Address(protocol, SystemName, HostOf(seed), PortOf(seed)).ToString();

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
            throw new JobInputException($"No configuration file at '{path}'. Give an existing one with --config, as those in cluster-config/.");
        }

        string text = File.ReadAllText(path);
        if (!IsBalanced(text))
        {
            // Of a list that is not closed the parser never finds the end and takes all memory; the rest it overlooks.
            throw new JobInputException($"{path}: not HOCON: brackets, braces or quotes are not closed, or closed without being opened.");
        }

        if (text.Split('\n').Any(line => line.Split('#')[0].Contains("${", StringComparison.Ordinal)))
        {
            // The parser loses the section that a substitution stands in, and overflows the stack for one of the environment.
            throw new JobInputException($"{path}: substitutions, ${{…}}, are not supported. Write the value, or give it as an option, such as --hostname.");
        }

        try
        {
            return ConfigurationFactory.ParseString(text);
        }
        catch (NullReferenceException e)
        {
            // How the parser meets an 'include', of which it finds no file.
            throw new JobInputException($"{path}: not HOCON that can be read here; 'include' is not supported.", e);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or StackOverflowException))
        {
            // The parser has an exception of its own for some faults, and anything at all for others.
            throw new JobInputException($"{path}: not HOCON: {FirstLine(e.Message)}", e);
        }
    }

    private static bool IsBalanced(string text)
    {
        var open = new Stack<char>();
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '{' or '[':
                    open.Push(text[i]);
                    break;
                case '}' or ']':
                    if (!open.TryPop(out char opened) || opened != (text[i] == '}' ? '{' : '['))
                    {
                        return false;
                    }

                    break;
                case '#':
                case '/' when i + 1 < text.Length && text[i + 1] == '/':
                    i = text.IndexOf('\n', i) is var end and >= 0 ? end : text.Length;
                    break;
                case '"':
                    for (i++; i < text.Length && text[i] != '"'; i++)
                    {
                        i += text[i] == '\\' ? 1 : 0;
                    }

                    if (i >= text.Length)
                    {
                        return false;
                    }

                    break;
                default:
                    break;
            }
        }

        return open.Count == 0;
    }

    // Below its first line the parser draws the place, with the text around it.
    private static string FirstLine(string message)
    {
        int end = message.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? message : message[..end].TrimEnd(':', ' ');
    }
}

using Akka.Actor;
using Akka.Event;
using Akka.Hosting.Logging;
using Microsoft.Extensions.Logging;
using LogLevel = Akka.Event.LogLevel;

namespace Bytemill.Pipeline;

/// <summary>
/// Hands Akka.NET's log to Microsoft.Extensions.Logging: the text alone, since time and level are written there, under a category
/// of namespace and short source (<c>Bytemill.worker-0</c>, <c>Akka.Remote.endpointWriter</c>), so that it can be filtered.
/// </summary>
internal sealed class NodeLogger : LoggerFactoryLogger
{
    private readonly ILoggerFactory _factory = Context.System.Settings.Setup.Get<LoggerFactorySetup>().Value.LoggerFactory;

    protected override void Log(LogEvent log, ActorPath path)
    {
        ILogger logger = _factory.CreateLogger(CategoryOf(log));
        Microsoft.Extensions.Logging.LogLevel level = LevelOf(log.LogLevel());
        if (logger.IsEnabled(level))
        {
            // With its values apart, for formats that write them.
            IReadOnlyList<KeyValuePair<string, object?>> state = log.Message is LogMessage message
                ? [.. message.GetProperties().Select(value => KeyValuePair.Create(value.Key, (object?)value.Value)), KeyValuePair.Create("{OriginalFormat}", (object?)message.Format)]
                : [];
            logger.Log(level, default, state, log.Cause, (_, _) => log.Message?.ToString() ?? "");
        }
    }

    /// <summary>First parts of the namespace of who logs, then the last part of its path.</summary>
    internal static string CategoryOf(LogEvent log)
    {
        string[] space = (log.LogClass.Namespace ?? "Akka").Split('.');
        string area = space[0] == "Akka" && space.Length > 1 ? $"Akka.{space[1]}" : space[0] == "Bytemill" ? "Bytemill" : "Akka";
        string source = log.LogSource;
        source = source[..(source.IndexOf(' ', StringComparison.Ordinal) is var blank and > 0 ? blank : source.Length)];
        source = source[(source.LastIndexOf('/') + 1)..];
        source = source[..(source.IndexOf('#', StringComparison.Ordinal) is var uid and > 0 ? uid : source.Length)];

        // An actor without a name of its own is told by its type.
        return $"{area}.{(source.Length == 0 || source[0] == '$' ? log.LogClass.Name : source)}";
    }

    private static Microsoft.Extensions.Logging.LogLevel LevelOf(LogLevel level) => level switch
    {
        LogLevel.DebugLevel => Microsoft.Extensions.Logging.LogLevel.Debug,
        LogLevel.InfoLevel => Microsoft.Extensions.Logging.LogLevel.Information,
        LogLevel.WarningLevel => Microsoft.Extensions.Logging.LogLevel.Warning,
        _ => Microsoft.Extensions.Logging.LogLevel.Error,
    };
}

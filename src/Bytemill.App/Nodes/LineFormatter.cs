using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Bytemill.App;

/// <summary>One line for each log entry: time, level, short source, text.</summary>
internal sealed class LineFormatter : ConsoleFormatter
{
    public const string FormatterName = "line";

    private readonly TimeProvider _clock;

    public LineFormatter()
        : this(TimeProvider.System)
    {
    }

    public LineFormatter(TimeProvider clock)
        : base(FormatterName) => _clock = clock;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        if (logEntry.Exception is { } exception && !text.Contains(exception.Message, StringComparison.Ordinal))
        {
            text = $"{text} ({exception.GetType().Name}: {exception.Message})";
        }

        string source = logEntry.Category[(logEntry.Category.LastIndexOf('.') + 1)..];
        string time = _clock.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        textWriter.WriteLine($"{time} {LevelName(logEntry.LogLevel)} {source}: {text.ReplaceLineEndings(" ")}");
    }

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        _ => "error",
    };
}

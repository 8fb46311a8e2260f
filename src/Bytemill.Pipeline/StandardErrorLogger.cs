using Akka.Event;

namespace Bytemill.Pipeline;

/// <summary>
/// What Akka.NET logs before its loggers start and after they stop: warnings and errors to standard error. Its own class for
/// this writes everything to standard output, which belongs to the program's results.
/// </summary>
internal sealed class StandardErrorLogger : MinimalLogger
{
    protected override void Log(object message)
    {
        if (message is LogEvent entry && entry.LogLevel() >= LogLevel.WarningLevel)
        {
            Console.Error.WriteLine(entry);
        }
    }
}

using Spectre.Console;

namespace Bytemill.App;

/// <summary>Chooses how a job is shown.</summary>
internal static class JobDisplay
{
    /// <summary>Bars on a terminal, plain lines when the output is piped.</summary>
    public static IJobDisplay Create() =>
        AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected ? new BarDisplay(AnsiConsole.Console) : new LineDisplay(Console.Out, TimeProvider.System);
}

using Spectre.Console;

namespace Bytemill.App;

/// <summary>Standard error, for the one line that says what is wrong.</summary>
internal static class ErrorConsole
{
    private static readonly IAnsiConsole s_console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    public static void WriteError(string message) => Write("[red]error:[/] ", message);

    /// <summary>For what keeps a job waiting.</summary>
    public static void WriteWarning(string message) => Write("[yellow]warning:[/] ", message);

    private static void Write(string head, string message)
    {
        s_console.Markup(head);
        // An option that takes no standard stream shows its name as it was given.
        Console.Error.WriteLine(message.ReplaceLineEndings(" ").Replace(StandardStreams.Name, "-", StringComparison.Ordinal));
    }
}

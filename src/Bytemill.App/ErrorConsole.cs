using Spectre.Console;

namespace Bytemill.App;

/// <summary>Standard error, for the one line that says what is wrong.</summary>
internal static class ErrorConsole
{
    private static readonly IAnsiConsole s_console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    public static void WriteError(string message)
    {
        s_console.Markup("[red]error:[/] ");
        Console.Error.WriteLine(message.ReplaceLineEndings(" "));
    }
}

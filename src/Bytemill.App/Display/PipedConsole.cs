using Spectre.Console;

namespace Bytemill.App;

/// <summary>Tables for pipes and files.</summary>
internal static class PipedConsole
{
    // Wider than any table: one does not fill it.
    private const int Width = 10_000;

    /// <summary>Gives a console that is no terminal room for tables of any width: it would cut them to 80 columns.</summary>
    public static void Widen(IAnsiConsole console)
    {
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = Width;
        }
    }
}

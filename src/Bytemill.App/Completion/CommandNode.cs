using System.Collections.Immutable;
using System.Xml.Linq;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>A command with its options and those below it.</summary>
/// <param name="Name">Its name; empty for the program.</param>
/// <param name="Description">The first sentence of its help.</param>
/// <param name="Options">Its options.</param>
/// <param name="Commands">Commands below it.</param>
internal sealed record CommandNode(string Name, string Description, ImmutableArray<CommandOptionName> Options, ImmutableArray<CommandNode> Commands)
{
    /// <summary>The whole program, as the parser of its command line knows it.</summary>
    public static CommandNode Read()
    {
        using var output = new StringWriter();
        var app = new CommandApp();
        app.Configure(config =>
        {
            CommandLine.Configure(config);
            var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
            console.Profile.Width = int.MaxValue;
            config.Settings.Console = console;
        });
        app.Run(["cli", "xmldoc"]);
        XElement model = XDocument.Parse(output.ToString().TrimStart('\uFEFF')).Root!;
        return new CommandNode("", "", [new CommandOptionName("help", "h", false, "Show help."), new CommandOptionName("version", "v", false, "Show the version.")], CommandsOf(model));
    }

    /// <summary>First line of help, up to the end of its first sentence.</summary>
    private static string FirstSentence(XElement element)
    {
        string text = string.Join(' ', (element.Element("Description")?.Value ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        int end = text.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }

    private static ImmutableArray<CommandNode> CommandsOf(XElement parent) =>
    [
        .. parent.Elements("Command").Select(command => new CommandNode(
            command.Attribute("Name")!.Value,
            FirstSentence(command),
            [
                .. (command.Element("Parameters")?.Elements("Option") ?? []).Where(option => option.Attribute("Long")?.Value.Length > 0).Select(option => new CommandOptionName(
                    option.Attribute("Long")!.Value.Split(',')[0],
                    option.Attribute("Short")?.Value ?? "",
                    option.Attribute("Kind")?.Value != "flag",
                    FirstSentence(option))),
            ],
            CommandsOf(command))),
    ];
}

/// <summary>An option of a command.</summary>
/// <param name="Long">Its name without dashes.</param>
/// <param name="Short">One letter; empty for none.</param>
/// <param name="TakesValue">Whether a value follows.</param>
/// <param name="Description">The first sentence of its help.</param>
internal sealed record CommandOptionName(string Long, string Short, bool TakesValue, string Description);

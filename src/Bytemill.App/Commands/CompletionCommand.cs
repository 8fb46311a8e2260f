using System.ComponentModel;
using Bytemill.Pipeline;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>completion</c>.</summary>
internal sealed class CompletionSettings : CommandSettings
{
    [CommandArgument(0, "<SHELL>")]
    [Description("bash, zsh or fish.")]
    public string Shell { get; init; } = "";
}

/// <summary>Writes what makes a shell complete commands and options.</summary>
internal sealed class CompletionCommand : Command<CompletionSettings>
{
    public override int Execute(CommandContext context, CompletionSettings settings, CancellationToken cancellationToken)
    {
        CommandNode root = CommandNode.Read();
        Console.Out.Write(settings.Shell switch
        {
            "bash" => ShellCompletion.Bash(root),
            "zsh" => ShellCompletion.Zsh(root),
            "fish" => ShellCompletion.Fish(root),
            _ => throw new JobInputException($"The shell is bash, zsh or fish; found '{settings.Shell}'."),
        });
        return ExitCodes.Done;
    }
}

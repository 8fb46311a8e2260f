using System.Text.RegularExpressions;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>What is wrong with a command line, in one line.</summary>
internal static partial class UsageErrors
{
    private const string Help = "See 'bytemill --help', or 'bytemill COMMAND --help' for the options of a command.";

    /// <param name="exception">What the parser threw.</param>
    /// <param name="arguments">The command line.</param>
    public static string Describe(Exception exception, IReadOnlyList<string> arguments) =>
        // A converter's own words say more than that it failed.
        exception.InnerException is JobInputException wrongValue ? wrongValue.Message
        : NoNumber().Match(exception.Message) is { Success: true } match
            ? $"{OptionOf(match.Groups["value"].Value, arguments)} takes a number, and not one out of its range; found '{match.Groups["value"].Value}'. {Help}"
        : $"{exception.Message.TrimEnd('.')}. {Help}";

    // The parser names a type of .NET instead.
    private static string OptionOf(string value, IReadOnlyList<string> arguments) =>
        arguments.Zip(arguments.Skip(1)).FirstOrDefault(pair => pair.First.StartsWith('-') && pair.Second == value).First
        ?? arguments.FirstOrDefault(argument => argument.StartsWith('-') && argument.EndsWith("=" + value, StringComparison.Ordinal))?.Split('=')[0]
        ?? "An option";

    [GeneratedRegex(@"^Failed to convert '(?<value>.*)' to \S+\.?$", RegexOptions.Singleline)]
    private static partial Regex NoNumber();
}

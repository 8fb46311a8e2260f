namespace Bytemill.App;

/// <summary>The command line that goes on with a stopped job.</summary>
internal static class ResumeHint
{
    /// <param name="command">Name of the command.</param>
    /// <param name="arguments">What it was given, with or without the name of the command in front.</param>
    public static string CommandFor(string command, IReadOnlyList<string> arguments)
    {
        IEnumerable<string> options = arguments.Count > 0 && arguments[0] == command ? arguments.Skip(1) : arguments;
        return string.Join(' ', options.Where(option => option is not ("--overwrite" or "--resume")).Select(Quote).Prepend(command).Prepend("bytemill").Append("--resume"));
    }

    // As a shell of Unix reads it back.
    private static string Quote(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsLetterOrDigit(c) || "-_./:,=+@%".Contains(c, StringComparison.Ordinal))
            ? argument
            : "'" + argument.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}

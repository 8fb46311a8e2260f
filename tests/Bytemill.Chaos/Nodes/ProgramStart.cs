using System.Collections.Immutable;
using System.Diagnostics;

namespace Bytemill.Chaos;

/// <summary>Starts the program under test with its output redirected.</summary>
internal static class ProgramStart
{
    /// <param name="program">Path of <c>bytemill.dll</c>.</param>
    /// <param name="prefix">What goes before the command.</param>
    /// <param name="arguments">Arguments of the program.</param>
    /// <param name="environment">Variables that are set for it.</param>
    /// <param name="onOutput">Gets each line of standard output.</param>
    /// <param name="onError">Gets each line of standard error.</param>
    public static Process Begin(
        string program,
        ImmutableArray<string> prefix,
        IEnumerable<string> arguments,
        ImmutableDictionary<string, string> environment,
        Action<string> onOutput,
        Action<string> onError)
    {
        string[] command = [.. prefix, "dotnet", program, .. arguments];
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Pass(line.Data, onOutput);
        process.ErrorDataReceived += (_, line) => Pass(line.Data, onError);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
        return process;
    }

    private static void Pass(string? line, Action<string> to)
    {
        if (line is not null)
        {
            to(line);
        }
    }
}

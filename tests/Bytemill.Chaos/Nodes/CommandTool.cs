using System.Diagnostics;

namespace Bytemill.Chaos;

/// <summary>Short commands of the system.</summary>
internal static class CommandTool
{
    /// <summary>Runs a command to its end.</summary>
    /// <exception cref="ChaosException">It is not there or failed; holds what it said.</exception>
    public static void Run(string name, params string[] arguments)
    {
        if (TryRun(name, arguments) is { } fault)
        {
            throw new ChaosException($"'{name} {string.Join(' ', arguments)}' failed: {fault}");
        }
    }

    /// <summary>Runs a command to its end; what is wrong, or <c>null</c>.</summary>
    public static string? TryRun(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo(name) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string errors = process.StandardError.ReadToEnd();
            output.GetAwaiter().GetResult();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : errors.Trim();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}

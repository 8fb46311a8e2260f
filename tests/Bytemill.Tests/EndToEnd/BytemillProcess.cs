using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Bytemill.Tests;

/// <summary>The real program in a process of its own.</summary>
internal sealed class BytemillProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Action<string?>? _errorSeen;

    private BytemillProcess(Process process) => _process = process;

    public IReadOnlyCollection<string> Output => _output;

    public IReadOnlyCollection<string> Errors => _errors;

    public static BytemillProcess Start(params string[] arguments) => Start(new Dictionary<string, string>(), arguments);

    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="arguments">Command and options.</param>
    public static BytemillProcess Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "bytemill.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        var program = new BytemillProcess(process);
        process.OutputDataReceived += (_, line) => program.Receive(line.Data, program._output);
        process.ErrorDataReceived += (_, line) => program.Receive(line.Data, program._errors);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
        return program;
    }

    public static async Task<(int ExitCode, string[] Output, string[] Errors)> RunAsync(params string[] arguments)
    {
        await using BytemillProcess program = Start(arguments);
        int exitCode = await program.ExitCodeAsync();
        return (exitCode, [.. program._output], [.. program._errors]);
    }

    /// <summary>Runs the program, and reads its largest resident set until it ends.</summary>
    public static async Task<(int ExitCode, string[] Errors, long PeakResidentBytes)> RunMeasuredAsync(params string[] arguments)
    {
        await using BytemillProcess program = Start(arguments);
        Task<int> end = program.ExitCodeAsync();
        long peak = 0;
        do
        {
            peak = Math.Max(peak, program.PeakResidentBytes());
        }
        while (await Task.WhenAny(end, Task.Delay(10, TestContext.Current.CancellationToken)) != end);

        return (await end, [.. program._errors], peak);
    }

    /// <param name="others">Processes whose logs tell why this one did not end.</param>
    public async Task<int> ExitCodeAsync(params BytemillProcess[] others)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            IEnumerable<string> logs = others.Prepend(this).Select((program, i) => $"--- process {i}\n{string.Join('\n', program.Errors)}");
            throw new TimeoutException($"The program did not end in time.\n{string.Join('\n', logs)}", e);
        }

        return _process.ExitCode;
    }

    /// <summary>The first line on standard output: a node announces its address there.</summary>
    public Task<string> FirstLineAsync() => _firstLine.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

    /// <summary>Waits for a line on standard error that holds <paramref name="part"/>.</summary>
    public Task ErrorLineAsync(string part)
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _errorSeen += line =>
        {
            if (line is null)
            {
                found.TrySetException(new InvalidOperationException($"The program ended without '{part}': {string.Join('\n', _errors)}"));
            }
            else if (line.Contains(part, StringComparison.Ordinal))
            {
                found.TrySetResult();
            }
        };
        if (_errors.Any(line => line.Contains(part, StringComparison.Ordinal)))
        {
            found.TrySetResult();
        }

        return found.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    /// <summary>Ends the process at once, as <c>kill -9</c> does.</summary>
    public void Kill() => _process.Kill();

    public void Signal(PosixSignal signal) =>
        Signal(signal == PosixSignal.SIGINT ? "-INT" : signal == PosixSignal.SIGTERM ? "-TERM" : throw new ArgumentOutOfRangeException(nameof(signal)));

    /// <summary>Lets the process stand still, as on a machine that is frozen.</summary>
    public void Freeze() => Signal("-STOP");

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Signal("-CONT");

    private void Signal(string name)
    {
        using Process kill = Process.Start("kill", [name, _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    // The kernel's own high-water mark, so that nothing between two looks is missed; 0 once the process has ended.
    private long PeakResidentBytes()
    {
        const string Label = "VmHWM:";
        try
        {
            string? line = File.ReadLines($"/proc/{_process.Id}/status").FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line.AsSpan(Label.Length).Trim().TrimEnd("kB").Trim(), System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private void Receive(string? line, ConcurrentQueue<string> lines)
    {
        if (ReferenceEquals(lines, _errors) && line is null)
        {
            _errorSeen?.Invoke(null);
        }

        if (line is null)
        {
            if (ReferenceEquals(lines, _output))
            {
                _firstLine.TrySetException(new InvalidOperationException("The program ended without output: " + string.Join('\n', _errors)));
            }

            return;
        }

        lines.Enqueue(line);
        if (ReferenceEquals(lines, _errors))
        {
            _errorSeen?.Invoke(line);
        }

        if (ReferenceEquals(lines, _output))
        {
            _firstLine.TrySetResult(line);
        }
    }
}

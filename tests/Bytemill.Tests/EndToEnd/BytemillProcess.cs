using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Bytemill.Chaos;

namespace Bytemill.Tests;

/// <summary>The real program in a process of its own.</summary>
internal sealed class BytemillProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _outputEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _errorEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _watching = new();

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
        process.Start();
        process.StandardInput.Close();
        Read(process.StandardOutput, program.ReceiveOutput, program._outputEnd);
        Read(process.StandardError, program.ReceiveError, program._errorEnd);
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
            await Task.WhenAll(_outputEnd.Task, _errorEnd.Task).WaitAsync(limit.Token);
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
    /// <param name="part">What the line holds.</param>
    /// <param name="then">
    /// Done at once by the thread that reads the line, before anything else gets to run: on a busy machine the test itself may go on seconds later.
    /// </param>
    public Task ErrorLineAsync(string part, Action? then = null)
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void See(string? line)
        {
            if (found.Task.IsCompleted)
            {
                return;
            }

            if (line is null)
            {
                found.TrySetException(new InvalidOperationException($"The program ended without '{part}': {string.Join('\n', _errors)}"));
            }
            else if (line.Contains(part, StringComparison.Ordinal))
            {
                then?.Invoke();
                found.TrySetResult();
            }
        }

        lock (_watching)
        {
            foreach (string line in _errors)
            {
                See(line);
            }

            _errorSeen += See;
            if (_errorEnd.Task.IsCompleted)
            {
                See(null);
            }
        }

        return found.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    /// <summary>Ends the process at once, as <c>kill -9</c> does.</summary>
    public void Kill() => _process.Kill();

    public void Signal(PosixSignal signal) => PosixSignals.Send(_process.Id, signal switch
    {
        PosixSignal.SIGINT => PosixSignals.Interrupt,
        PosixSignal.SIGTERM => PosixSignals.Terminate,
        _ => throw new ArgumentOutOfRangeException(nameof(signal)),
    });

    /// <summary>Lets the process stand still, as on a machine that is frozen.</summary>
    public void Freeze() => PosixSignals.Send(_process.Id, PosixSignals.Stop);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => PosixSignals.Send(_process.Id, PosixSignals.Continue);

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

    // Threads of their own: those of the pool are all in use when the other tests are at work.
    private static void Read(StreamReader reader, Action<string?> receive, TaskCompletionSource end)
    {
        var thread = new Thread(() =>
        {
            string? line;
            do
            {
                line = reader.ReadLine();
                receive(line);
            }
            while (line is not null);
            end.TrySetResult();
        })
        {
            IsBackground = true,
            Name = "program's lines",
        };
        thread.Start();
    }

    private void ReceiveOutput(string? line)
    {
        if (line is null)
        {
            _firstLine.TrySetException(new InvalidOperationException("The program ended without output: " + string.Join('\n', _errors)));
            return;
        }

        _output.Enqueue(line);
        _firstLine.TrySetResult(line);
    }

    private void ReceiveError(string? line)
    {
        lock (_watching)
        {
            if (line is not null)
            {
                _errors.Enqueue(line);
            }

            _errorSeen?.Invoke(line);
        }
    }
}

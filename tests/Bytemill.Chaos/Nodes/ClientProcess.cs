using System.Collections.Immutable;
using System.Diagnostics;

namespace Bytemill.Chaos;

/// <summary>The process that gives the job to the cluster and waits for its end, or does it alone.</summary>
internal sealed class ClientProcess : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<string> _errors = [];
    private readonly Process _process;

    /// <param name="program">Path of <c>bytemill.dll</c>.</param>
    /// <param name="prefix">What goes before the command.</param>
    /// <param name="arguments">Arguments of the program.</param>
    public ClientProcess(string program, ImmutableArray<string> prefix, IEnumerable<string> arguments) =>
        _process = ProgramStart.Begin(program, prefix, arguments, ImmutableDictionary<string, string>.Empty, _ => { }, AddError);

    public bool HasEnded => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Standard error so far.</summary>
    public ImmutableArray<string> Errors
    {
        get
        {
            lock (_lock)
            {
                return [.. _errors];
            }
        }
    }

    /// <summary>Waits for its end; whether it came in time.</summary>
    public async Task<bool> EndsWithinAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            await _process.WaitForExitAsync(cancellation).WaitAsync(timeout, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            PosixSignals.Send(_process.Id, PosixSignals.Kill);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void AddError(string line)
    {
        lock (_lock)
        {
            _errors.Add(line);
        }
    }
}

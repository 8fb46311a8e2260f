using System.Diagnostics;
using System.Globalization;

namespace Bytemill.Pipeline;

/// <summary>
/// Keeps a process within its memory while files larger than that are mapped: when its resident set comes near the limit, the
/// mapped pages are given back, which stay in the system's cache and come again when they are read, and the heap is collected.
/// </summary>
internal sealed class ResidentSetGuard : IDisposable
{
    // A mapping fills up at gigabytes a second once it is read all over.
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);

    // A collection of the whole heap takes some ten milliseconds, in which everything stands still.
    private static readonly TimeSpan s_collectInterval = TimeSpan.FromMilliseconds(500);

    private readonly long _limitBytes;
    private readonly Func<long> _residentBytes;
    private readonly Lock _gate = new();
    private readonly List<Action> _trimmers = [];
    private readonly Thread? _thread;
    private readonly ManualResetEventSlim _wake = new();
    private readonly CancellationTokenSource _end = new();
    private long _collectedAt;

    /// <param name="limitBytes">Resident bytes at which mapped pages go.</param>
    public ResidentSetGuard(long limitBytes)
        : this(limitBytes, ReadResidentBytes)
    {
        // Only on Linux do mapped pages leave a process for the asking, and only there is looking cheap.
        if (OperatingSystem.IsLinux())
        {
            _thread = new Thread(Watch) { IsBackground = true, Name = "resident-set-guard", Priority = ThreadPriority.AboveNormal };
            _thread.Start();
        }
    }

    internal ResidentSetGuard(long limitBytes, Func<long> residentBytes) => (_limitBytes, _residentBytes) = (limitBytes, residentBytes);

    /// <summary>Adds something to trim until the result is disposed. <paramref name="trim"/> is called on another thread while others read.</summary>
    public IDisposable Register(Action trim)
    {
        lock (_gate)
        {
            _trimmers.Add(trim);
            _wake.Set();
        }

        return new Registration(this, trim);
    }

    public void Dispose()
    {
        _end.Cancel();
        _thread?.Join();
        _end.Dispose();
        _wake.Dispose();
    }

    /// <summary>Looks once; whether something was trimmed.</summary>
    internal bool Check()
    {
        lock (_gate)
        {
            if (_trimmers.Count == 0 || _residentBytes() < _limitBytes)
            {
                return false;
            }

            foreach (Action trim in _trimmers)
            {
                trim();
            }

            return true;
        }
    }

    private void Watch()
    {
        try
        {
            while (true)
            {
                // Nothing to trim, nothing to look at.
                _wake.Wait(_end.Token);
                if (Check() && Stopwatch.GetElapsedTime(_collectedAt) >= s_collectInterval)
                {
                    // Decoded pages become garbage faster than a collector sees a need to look.
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                    _collectedAt = Stopwatch.GetTimestamp();
                }

                if (_end.Token.WaitHandle.WaitOne(s_interval))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private void Unregister(Action trim)
    {
        lock (_gate)
        {
            _trimmers.Remove(trim);
            if (_trimmers.Count == 0)
            {
                _wake.Reset();
            }
        }
    }

    // Second number of /proc/self/statm, in pages.
    private static long ReadResidentBytes()
    {
        ReadOnlySpan<char> text = File.ReadAllText("/proc/self/statm");
        text = text[(text.IndexOf(' ') + 1)..];
        return long.Parse(text[..text.IndexOf(' ')], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }

    private sealed class Registration(ResidentSetGuard guard, Action trim) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                guard.Unregister(trim);
            }
        }
    }
}

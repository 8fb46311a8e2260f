using System.Buffers.Text;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Bytemill.Pipeline;

/// <summary>
/// Keeps a process within its memory while files are mapped into it that may be larger: when its resident set comes near the limit, the
/// mapped pages are given back, which stay in the system's cache and come again when they are read; where that is not enough, the heap is collected.
/// </summary>
internal sealed class ResidentSetGuard : IDisposable
{
    // The more is left, the longer it takes to fill up: page faults bring in no more than so much in a millisecond.
    private const long FastestGrowthBytes = 4 << 20;
    private const int LongestPauseMilliseconds = 250;

    private readonly long _limitBytes;
    private readonly CollectionPacer? _pacer;
    private readonly Func<long> _residentBytes;
    private readonly Lock _gate = new();
    private readonly List<Action> _trimmers = [];
    private readonly Thread? _thread;
    private readonly SafeFileHandle? _status;
    private readonly CancellationTokenSource _end = new();

    /// <param name="limitBytes">Resident bytes at which mapped pages go.</param>
    /// <param name="mostBytes">Resident bytes that there should never be.</param>
    public ResidentSetGuard(long limitBytes, long mostBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(mostBytes, limitBytes);
        _limitBytes = limitBytes;
        _residentBytes = ReadResidentBytes;
        _pacer = new CollectionPacer(limitBytes, mostBytes);

        // Only on Linux do mapped pages leave a process for the asking, and only there is looking cheap.
        if (OperatingSystem.IsLinux())
        {
            _status = File.OpenHandle("/proc/self/statm");
            _thread = new Thread(Watch) { IsBackground = true, Name = "resident-set-guard" };
            _thread.Start();
        }
    }

    internal ResidentSetGuard(long limitBytes, Func<long> residentBytes) => (_limitBytes, _residentBytes) = (limitBytes, residentBytes);

    /// <summary>Adds something to trim until the result is disposed. <paramref name="trim"/> is called on another thread while others read,
    /// and may still be running, or begin once more, when the result has just been disposed.</summary>
    public IDisposable Register(Action trim)
    {
        lock (_gate)
        {
            _trimmers.Add(trim);
        }

        return new Registration(this, trim);
    }

    public void Dispose()
    {
        _end.Cancel();
        _thread?.Join();
        _end.Dispose();
        _status?.Dispose();
    }

    /// <summary>Looks once; whether something was trimmed.</summary>
    internal bool Check()
    {
        if (_residentBytes() < _limitBytes)
        {
            return false;
        }

        Action[] trimmers;
        lock (_gate)
        {
            trimmers = [.. _trimmers];
        }

        // Outside the lock: trimming takes locks of what is trimmed, under which it may be unregistered.
        foreach (Action trim in trimmers)
        {
            trim();
        }

        return trimmers.Length > 0;
    }

    private void Watch()
    {
        do
        {
            _ = Check();
            long before = _residentBytes();
            long begin = Stopwatch.GetTimestamp();
            if (_pacer!.IsDue(before, begin))
            {
                // Decoded pages become garbage faster than a collector sees a need to look.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                long end = Stopwatch.GetTimestamp();
                _pacer.Collected(before, _residentBytes(), begin, end);
            }
        }
        while (!_end.Token.WaitHandle.WaitOne((int)Math.Clamp((_limitBytes - _residentBytes()) / FastestGrowthBytes, 1, LongestPauseMilliseconds)));
    }

    private void Unregister(Action trim)
    {
        lock (_gate)
        {
            _trimmers.Remove(trim);
        }
    }

    // Second number of the file, in pages.
    private long ReadResidentBytes()
    {
        Span<byte> text = stackalloc byte[256];
        text = text[..RandomAccess.Read(_status!, text, 0)];
        text = text[(text.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(text, out long pages, out _)
            ? pages * Environment.SystemPageSize
            : throw new InvalidDataException("/proc/self/statm does not say how many pages are resident.");
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

using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Akka.Coordination;
using Akka.Event;

namespace Bytemill.Pipeline;

/// <summary>
/// One owner's view of one lease in a store: taken, renewed in time, and lost when the store says so or cannot be asked until it
/// expires. A process that stood still finds it lost when it wakes, by a clock that went on.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lives as long as its actor system; the semaphore holds no handle.")]
internal sealed class HeldLease
{
    private readonly ILeaseStore _store;
    private readonly string _name;
    private readonly string _owner;
    private readonly TimeoutSettings _times;
    private readonly ILoggingAdapter _log;
    private readonly SemaphoreSlim _one = new(1);
    private Tenure? _tenure;

    public HeldLease(ILeaseStore store, string name, string owner, TimeoutSettings times, ILoggingAdapter log)
    {
        _store = store;
        _name = name;
        _owner = owner;
        _times = times;
        _log = log;
    }

    public bool IsHeld => _tenure is { } tenure && Stopwatch.GetElapsedTime(tenure.RenewedAt) < _times.HeartbeatTimeout;

    /// <param name="onLost">Called once if the lease is lost before it is given back, with the reason where there is one.</param>
    /// <exception cref="LeaseTimeoutException">The store did not answer in time.</exception>
    public async Task<bool> AcquireAsync(Action<Exception?>? onLost)
    {
        await _one.WaitAsync().ConfigureAwait(false);
        try
        {
            if (IsHeld)
            {
                _tenure!.OnLost = onLost ?? _tenure.OnLost;
                return true;
            }

            // Before the question: the store counts from a later moment.
            long askedAt = Stopwatch.GetTimestamp();
            bool isTaken = await AskAsync(cancellation => _store.TakeAsync(_name, _owner, _times.HeartbeatTimeout, cancellation)).ConfigureAwait(false);
            if (!isTaken)
            {
                return false;
            }

            var tenure = new Tenure { RenewedAt = askedAt, OnLost = onLost };
            _tenure = tenure;
            _log.Info("Took the lease {Lease}", _name);
            _ = Task.Run(() => RenewAsync(tenure));
            return true;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <exception cref="LeaseTimeoutException">The store did not answer in time; it expires by itself.</exception>
    public async Task ReleaseAsync()
    {
        await _one.WaitAsync().ConfigureAwait(false);
        try
        {
            if (Interlocked.Exchange(ref _tenure, null) is { } tenure)
            {
                await tenure.End.CancelAsync().ConfigureAwait(false);
            }

            await AskAsync(async cancellation =>
            {
                await _store.ReleaseAsync(_name, _owner, cancellation).ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
            _log.Info("Gave back the lease {Lease}", _name);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task RenewAsync(Tenure tenure)
    {
        Exception? fault = null;
        while (true)
        {
            try
            {
                await Task.Delay(_times.HeartbeatInterval, tenure.End.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            // Too late, as after standing still: another may have had it meanwhile, so it is not simply gone on with.
            if (Stopwatch.GetElapsedTime(tenure.RenewedAt) >= _times.HeartbeatTimeout)
            {
                Lose(tenure, fault);
                return;
            }

            long askedAt = Stopwatch.GetTimestamp();
            try
            {
                if (!await AskAsync(cancellation => _store.RenewAsync(_name, _owner, _times.HeartbeatTimeout, cancellation)).ConfigureAwait(false))
                {
                    Lose(tenure, null);
                    return;
                }

                tenure.RenewedAt = askedAt;
                fault = null;
            }
#pragma warning disable CA1031 // Whatever keeps a database from answering: it is asked again until the lease expires.
            catch (Exception e)
#pragma warning restore CA1031
            {
                fault = e;
                _log.Warning("The lease {Lease} could not be renewed: {Reason}", _name, e.Message);
            }
        }
    }

    private void Lose(Tenure tenure, Exception? reason)
    {
        if (Interlocked.CompareExchange(ref _tenure, null, tenure) == tenure)
        {
            _log.Warning("Lost the lease {Lease}: {Reason}", _name, reason?.Message ?? "it expired, or another has it");
            tenure.OnLost?.Invoke(reason);
        }
    }

    private async Task<bool> AskAsync(Func<CancellationToken, Task<bool>> question)
    {
        using var limit = new CancellationTokenSource(_times.OperationTimeout);
        try
        {
            return await question(limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new LeaseTimeoutException($"The lease {_name} got no answer within {_times.OperationTimeout}.");
        }
    }

    private sealed class Tenure
    {
        private long _renewedAt;

        public long RenewedAt
        {
            get => Volatile.Read(ref _renewedAt);
            set => Volatile.Write(ref _renewedAt, value);
        }

        public Action<Exception?>? OnLost { get; set; }

        public CancellationTokenSource End { get; } = new();
    }
}

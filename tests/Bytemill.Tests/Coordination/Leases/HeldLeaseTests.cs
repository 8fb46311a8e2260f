using Akka.Coordination;
using Akka.Event;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>An owner's lease over a store that does as it is told.</summary>
public sealed class HeldLeaseTests : IDisposable
{
    // Those that are to expire do so soon; the others never, however busy the machine is.
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly ScriptedStore _store = new();
    private readonly TaskCompletionSource<Exception?> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Acquire_Taken_IsHeldAndRenewedUntilGivenBack()
    {
        HeldLease lease = Lease(s_long);
        Assert.False(lease.IsHeld);
        Assert.True(await lease.AcquireAsync(_lost.SetResult));
        Assert.True(await lease.AcquireAsync(_lost.SetResult));
        await _store.RenewedAsync(times: 3);
        await lease.ReleaseAsync();
        Assert.False(lease.IsHeld);
        Assert.Null(_store.Owner);
        Assert.False(_lost.Task.IsCompleted);
    }

    [Fact]
    public async Task Acquire_AnotherHasIt_IsRefused()
    {
        _store.Owner = "another";
        HeldLease lease = Lease(s_long);
        Assert.False(await lease.AcquireAsync(_lost.SetResult));
        Assert.False(lease.IsHeld);

        // Which does not give back what is not its own.
        await lease.ReleaseAsync();
        Assert.Equal("another", _store.Owner);
    }

    [Fact]
    public async Task Renew_AnotherHasItMeanwhile_IsLostAndRegainedLater()
    {
        HeldLease lease = Lease(s_long);
        Assert.True(await lease.AcquireAsync(_lost.SetResult));
        _store.Owner = "another";
        Assert.Null(await _lost.Task.WaitAsync(s_limit, TestContext.Current.CancellationToken));
        Assert.False(lease.IsHeld);
        Assert.False(await lease.AcquireAsync(null));

        _store.Owner = null;
        Assert.True(await lease.AcquireAsync(null));
        Assert.True(_store.Owner == "me");
        await lease.ReleaseAsync();
    }

    [Fact]
    public async Task Renew_StoreCannotBeAsked_IsKeptUntilItExpiresThenLost()
    {
        HeldLease lease = Lease(s_short);
        _store.RenewFault = new IOException("no database");
        Assert.True(await lease.AcquireAsync(_lost.SetResult));
        Assert.Same(_store.RenewFault, await _lost.Task.WaitAsync(s_limit, TestContext.Current.CancellationToken));
        Assert.False(lease.IsHeld);
        _store.TakeFault = _store.RenewFault;
        await Assert.ThrowsAsync<IOException>(() => lease.AcquireAsync(null));

        _store.TakeFault = null;
        Assert.True(await lease.AcquireAsync(null));
        await lease.ReleaseAsync();
    }

    [Fact]
    public async Task Renew_StoreAnswersLate_LeaseHasExpiredAndIsNotGoneOnWith()
    {
        // As for a process that stood still: the answer to its question comes after the lease has expired.
        HeldLease lease = Lease(s_short);
        _store.Delay = s_short * 2;
        Assert.True(await lease.AcquireAsync(_lost.SetResult));
        await _lost.Task.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.False(lease.IsHeld);
    }

    private HeldLease Lease(TimeSpan expiry) =>
        new(_store, "lease", "me", new TimeoutSettings(TimeSpan.FromMilliseconds(20), expiry, TimeSpan.FromSeconds(30)), NoLogger.Instance);

    private sealed class ScriptedStore : ILeaseStore, IDisposable
    {
        private readonly SemaphoreSlim _renewed = new(0);

        public string? Owner { get; set; }

        public Exception? TakeFault { get; set; }

        public Exception? RenewFault { get; set; }

        public TimeSpan Delay { get; set; }

        public Task<bool> TakeAsync(string name, string owner, TimeSpan time, CancellationToken cancellation)
        {
            if (TakeFault is not null)
            {
                throw TakeFault;
            }

            Owner ??= owner;
            return Task.FromResult(Owner == owner);
        }

        public async Task<bool> RenewAsync(string name, string owner, TimeSpan time, CancellationToken cancellation)
        {
            if (RenewFault is not null)
            {
                throw RenewFault;
            }

            await Task.Delay(Delay, cancellation);
            _renewed.Release();
            return Owner == owner;
        }

        public Task ReleaseAsync(string name, string owner, CancellationToken cancellation)
        {
            Owner = Owner == owner ? null : Owner;
            return Task.CompletedTask;
        }

        public void Dispose() => _renewed.Dispose();

        public async Task RenewedAsync(int times)
        {
            for (int i = 0; i < times; i++)
            {
                await _renewed.WaitAsync(TestContext.Current.CancellationToken);
            }
        }
    }
}

using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>What every place for leases must do.</summary>
public abstract class LeaseStoreTests
{
    protected static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Another process's view of the same place.</summary>
    private protected abstract ILeaseStore Open();

    [Fact]
    public async Task Take_ManyAtOnce_OneGetsItAndKeepsIt()
    {
        ILeaseStore[] stores = [.. Enumerable.Range(0, 8).Select(_ => Open())];
        bool[] taken = await Task.WhenAll(stores.Select((store, i) => Task.Run(() => store.TakeAsync("a", $"owner{i}", Hour, Cancellation))));
        int winner = Array.IndexOf(taken, true);
        Assert.Equal(1, taken.Count(isTaken => isTaken));
        Assert.True(await stores[winner].TakeAsync("a", $"owner{winner}", Hour, Cancellation));
        Assert.True(await stores[winner].RenewAsync("a", $"owner{winner}", Hour, Cancellation));
        int loser = (winner + 1) % stores.Length;
        Assert.False(await stores[loser].TakeAsync("a", $"owner{loser}", Hour, Cancellation));
        Assert.False(await stores[loser].RenewAsync("a", $"owner{loser}", Hour, Cancellation));
        Assert.True(await stores[loser].TakeAsync("b", $"owner{loser}", Hour, Cancellation));
    }

    [Fact]
    public async Task Release_ByItsOwner_GivesItToTheNext()
    {
        ILeaseStore one = Open();
        ILeaseStore two = Open();
        Assert.True(await one.TakeAsync("a/b", "one", Hour, Cancellation));
        await two.ReleaseAsync("a/b", "two", Cancellation);
        Assert.False(await two.TakeAsync("a/b", "two", Hour, Cancellation));
        await one.ReleaseAsync("a/b", "one", Cancellation);
        Assert.True(await two.TakeAsync("a/b", "two", Hour, Cancellation));
        Assert.False(await one.RenewAsync("a/b", "one", Hour, Cancellation));
    }
}

/// <summary>What those in a database do besides: they expire.</summary>
public abstract class ExpiringLeaseStoreTests : LeaseStoreTests
{
    [Fact]
    public async Task Take_Expired_IsAnothersAndNotRenewed()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        ILeaseStore one = Open();
        ILeaseStore two = Open();

        // For no time: expired at once by the clock of the database, whatever the tests' clock says.
        Assert.True(await one.TakeAsync("a", "one", TimeSpan.Zero, cancellation));
        Assert.False(await one.RenewAsync("a", "one", Hour, cancellation));
        Assert.True(await two.TakeAsync("a", "two", Hour, cancellation));
        Assert.False(await one.TakeAsync("a", "one", Hour, cancellation));
    }
}

public sealed class SqliteLeaseStoreTests : ExpiringLeaseStoreTests, IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Dispose();
    }

    private protected override ILeaseStore Open() => new SqliteLeaseStore($"Data Source={_directory["leases.db"]}", file => Assert.Fail($"{file} was locked"));
}

public sealed class PostgreSqlLeaseStoreTests(PostgreSqlServer server) : ExpiringLeaseStoreTests, IClassFixture<PostgreSqlServer>
{
    private string? _database;

    private protected override ILeaseStore Open() => new PostgreSqlLeaseStore(_database ??= server.NewDatabase());
}

public sealed class FileLeaseStoreTests : LeaseStoreTests, IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly List<FileLeaseStore> _stores = [];

    public void Dispose()
    {
        _stores.ForEach(store => store.Dispose());
        _directory.Dispose();
    }

    private protected override ILeaseStore Open()
    {
        var store = new FileLeaseStore(_directory["leases"]);
        _stores.Add(store);
        return store;
    }
}

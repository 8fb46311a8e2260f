using System.Data.Common;

namespace Bytemill.Pipeline;

/// <summary>
/// Leases as rows of a database: one statement takes, renews or gives back, and it compares before it sets. Time is told by the
/// database, so clocks of nodes may differ.
/// </summary>
internal abstract class SqlLeaseStore : ILeaseStore
{
    private const string Table = "bytemill_leases";

    private bool _hasTable;

    /// <summary>Milliseconds since some day, now, as SQL.</summary>
    protected abstract string Now { get; }

    public async Task<bool> TakeAsync(string name, string owner, TimeSpan time, CancellationToken cancellation) =>
        await ExecuteAsync(
            $"""
            INSERT INTO {Table} (name, owner, expires) VALUES (@name, @owner, {Now} + @time)
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires = excluded.expires
            WHERE {Table}.owner = excluded.owner OR {Table}.expires <= {Now}
            """,
            name,
            owner,
            time,
            cancellation).ConfigureAwait(false) == 1;

    public async Task<bool> RenewAsync(string name, string owner, TimeSpan time, CancellationToken cancellation) =>
        await ExecuteAsync(
            $"UPDATE {Table} SET expires = {Now} + @time WHERE name = @name AND owner = @owner AND expires > {Now}",
            name,
            owner,
            time,
            cancellation).ConfigureAwait(false) == 1;

    public Task ReleaseAsync(string name, string owner, CancellationToken cancellation) =>
        ExecuteAsync($"DELETE FROM {Table} WHERE name = @name AND owner = @owner", name, owner, TimeSpan.Zero, cancellation);

    protected abstract DbConnection Connect();

    /// <summary>Told why a statement failed, before its caller is.</summary>
    protected virtual void NoteFault(DbException fault)
    {
    }

    private async Task<int> ExecuteAsync(string sql, string name, string owner, TimeSpan time, CancellationToken cancellation)
    {
        try
        {
            return await TryExecuteAsync(sql, name, owner, time, cancellation).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            NoteFault(e);
            throw;
        }
    }

    // A connection for each call: it may have died since the last, and pools make it cheap.
    private async Task<int> TryExecuteAsync(string sql, string name, string owner, TimeSpan time, CancellationToken cancellation)
    {
        DbConnection connection = Connect();
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellation).ConfigureAwait(false);
            if (!_hasTable)
            {
                await CreateTableAsync(connection, cancellation).ConfigureAwait(false);
                _hasTable = true;
            }

            return await RunAsync(connection, sql, [("name", name), ("owner", owner), ("time", (long)time.TotalMilliseconds)], cancellation).ConfigureAwait(false);
        }
    }

    private static async Task CreateTableAsync(DbConnection connection, CancellationToken cancellation)
    {
        try
        {
            await RunAsync(connection, $"CREATE TABLE IF NOT EXISTS {Table} (name TEXT PRIMARY KEY, owner TEXT NOT NULL, expires BIGINT NOT NULL)", [], cancellation)
                .ConfigureAwait(false);
        }
        catch (DbException e) when (e.SqlState is "42P07" or "42710" or "23505")
        {
            // Duplicate table, type or key: PostgreSQL looks and makes in two steps, and another node has made it in between.
        }
    }

    private static async Task<int> RunAsync(DbConnection connection, string sql, (string Name, object Value)[] parameters, CancellationToken cancellation)
    {
        DbCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
#pragma warning disable CA2100 // Only constants are put together; values are parameters.
            command.CommandText = sql;
#pragma warning restore CA2100
            foreach ((string name, object value) in parameters)
            {
                DbParameter parameter = command.CreateParameter();
                parameter.ParameterName = name;
                parameter.Value = value;
                command.Parameters.Add(parameter);
            }

            return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }
    }
}

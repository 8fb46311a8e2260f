using System.Data.Common;
using Npgsql;

namespace Bytemill.Pipeline;

/// <summary>Leases in a database of PostgreSQL, for nodes on several machines.</summary>
internal sealed class PostgreSqlLeaseStore(string connectionString) : SqlLeaseStore
{
    protected override string Now => "CAST(1000 * extract(epoch FROM clock_timestamp()) AS BIGINT)";

    protected override DbConnection Connect() => new NpgsqlConnection(connectionString);
}

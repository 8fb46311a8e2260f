using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Bytemill.Pipeline;

/// <summary>Leases in an SQLite file, for processes of one machine, whose clock it uses.</summary>
internal sealed class SqliteLeaseStore(string connectionString) : SqlLeaseStore
{
    protected override string Now => "CAST(1000 * unixepoch('subsec') AS INTEGER)";

    protected override DbConnection Connect() => new SqliteConnection(connectionString);
}

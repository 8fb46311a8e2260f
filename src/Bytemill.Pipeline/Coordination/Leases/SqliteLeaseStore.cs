using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Bytemill.Pipeline;

/// <summary>Leases in an SQLite file, for processes of one machine, whose clock it uses.</summary>
/// <param name="connectionString">As SQLite takes it.</param>
/// <param name="onLocked">Told the file's path when others kept it locked for as long as the connection waits.</param>
internal sealed class SqliteLeaseStore(string connectionString, Action<string> onLocked) : SqlLeaseStore
{
    private const int Busy = 5;


    protected override string Now => "CAST(1000 * unixepoch('subsec') AS INTEGER)";

    protected override DbConnection Connect() => new SqliteConnection(connectionString);

    protected override void NoteFault(DbException fault)
    {
        if (fault is SqliteException { SqliteErrorCode: Busy })
        {
            onLocked(new SqliteConnectionStringBuilder(connectionString).DataSource);
        }
    }
}

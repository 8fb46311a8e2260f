using System.Data.Common;
using Bytemill.Pipeline;
using Npgsql;

namespace Bytemill.Tests;

public sealed class PostgreSqlJobCoordinatorTests : DurableJobCoordinatorTests, IClassFixture<PostgreSqlServer>
{
    private readonly string _database;

    public PostgreSqlJobCoordinatorTests(PostgreSqlServer server)
        : this(server.NewDatabase())
    {
    }

    private PostgreSqlJobCoordinatorTests(string database)
        : base(new JournalLocation.PostgreSql(database)) => _database = database;

    protected override DbConnection Connect() => new NpgsqlConnection(_database);
}

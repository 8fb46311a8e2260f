using System.Data.Common;
using Bytemill.Pipeline;
using Microsoft.Data.Sqlite;

namespace Bytemill.Tests;

public sealed class SqliteJobCoordinatorTests : DurableJobCoordinatorTests
{
    private readonly TestDirectory _journal;

    public SqliteJobCoordinatorTests()
        : this(new TestDirectory())
    {
    }

    private SqliteJobCoordinatorTests(TestDirectory journal)
        : base(new JournalLocation.SqliteFile(journal["journal.db"])) => _journal = journal;

    protected override DbConnection Connect() => new SqliteConnection($"Data Source={_journal["journal.db"]}");

    protected override async Task AfterAllAsync()
    {
        await base.AfterAllAsync();
        SqliteConnection.ClearAllPools();
        _journal.Dispose();
    }
}

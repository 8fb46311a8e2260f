using System.Text.Encodings.Web;
using System.Text.Json;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Persistence.Sql;

namespace Bytemill.Pipeline;

/// <summary>Gives an actor system the journal of its coordinator.</summary>
internal static class JournalHosting
{
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static AkkaConfigurationBuilder AddJournal(this AkkaConfigurationBuilder builder, JournalLocation location)
    {
        builder.WithCustomSerializer("bytemill-journal", [typeof(CoordinatorEvent), typeof(CoordinatorSnapshot)], system => new JournalSerializer(system));
        return location switch
        {
            JournalLocation.InMemory => builder.AddHocon(InMemory, HoconAddMode.Prepend),
            JournalLocation.SqliteFile file => builder.AddHocon(Sql("SQLite.MS", file.ConnectionString), HoconAddMode.Prepend),
            JournalLocation.PostgreSql database => builder.AddHocon(Sql("PostgreSQL", database.ConnectionString), HoconAddMode.Prepend),
            _ => throw new InvalidOperationException($"Unknown place of a journal {location.GetType()}."),
        };
    }

    private static Config InMemory => ConfigurationFactory.ParseString(
        """
        akka.persistence {
          journal.plugin = "akka.persistence.journal.inmem"
          snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
        }
        """);

    // One write at a time, whole: of decisions that were written together either all are found again or none. Tables of our
    // own, since the database may serve others too.
    private static Config Sql(string provider, string connectionString) => ConfigurationFactory.ParseString(
        $$"""
        akka.persistence {
          journal {
            plugin = "akka.persistence.journal.sql"
            auto-start-journals = ["akka.persistence.journal.sql"]
            sql {
              provider-name = "{{provider}}"
              connection-string = {{Quote(connectionString)}}
              parallelism = 1
              tag-write-mode = Csv
              default.journal.table-name = "bytemill_journal"
            }
          }
          snapshot-store {
            plugin = "akka.persistence.snapshot-store.sql"
            auto-start-snapshot-stores = ["akka.persistence.snapshot-store.sql"]
            sql {
              provider-name = "{{provider}}"
              connection-string = {{Quote(connectionString)}}
              default.snapshot.table-name = "bytemill_snapshots"
            }
          }
        }
        """).WithFallback(SqlPersistence.DefaultConfiguration);

    /// <returns>A text as HOCON has it.</returns>
    public static string Quote(string text) => JsonSerializer.Serialize(text, s_plain);
}

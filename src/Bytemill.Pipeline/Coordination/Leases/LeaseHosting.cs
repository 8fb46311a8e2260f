using Akka.Configuration;

namespace Bytemill.Pipeline;

/// <summary>Gives the cluster its leases: for who goes on when it falls apart, and for who holds the coordinator.</summary>
internal static class LeaseHosting
{
    public const string ConfigPath = "akka.coordination.lease.bytemill";

    /// <returns>A node's configuration with what leases need, behind <paramref name="config"/>; that alone if there is no place for them.</returns>
    public static Config AddLeases(this Config config, NodeOptions options)
    {
        (string Kind, string Place)? store = options switch
        {
            { IsAlone: true } => null,
            { LeaseDirectory: { } directory } => ("file", directory),

            // A file of their own: a process that stands still in the middle of a write keeps the journal locked, and the others could not
            // even settle that they go on without it.
            { Journal: JournalLocation.SqliteFile file } => ("sqlite", file.LeaseConnectionString),
            { Journal: JournalLocation.PostgreSql database } => ("postgresql", database.ConnectionString),
            _ => null,
        };
        return store is not { } found ? config : config.WithFallback(ConfigurationFactory.ParseString(
            $$"""
            {{ConfigPath}} { store = {{found.Kind}}, place = {{JournalHosting.Quote(found.Place)}} }
            akka.cluster {
              split-brain-resolver.active-strategy = lease-majority
              singleton.use-lease = "{{ConfigPath}}"
            }
            """));
    }

    /// <param name="config">The lease's settings.</param>
    /// <param name="warn">Told what stands in a store's way, in a sentence.</param>
    public static ILeaseStore StoreOf(Config config, Action<string> warn)
    {
        string place = config.GetString("place");
        return config.GetString("store") switch
        {
            "file" => new FileLeaseStore(place),
            "sqlite" => new SqliteLeaseStore(place, file => StoppedLockHolders.PutOut(file, warn)),
            "postgresql" => new PostgreSqlLeaseStore(place),
            var unknown => throw new InvalidOperationException($"{ConfigPath}.store: unknown store '{unknown}'."),
        };
    }
}

using Microsoft.Data.Sqlite;
using Npgsql;

namespace Bytemill.Pipeline;

/// <summary>Where the coordinator's journal is.</summary>
public abstract record JournalLocation
{
    private JournalLocation()
    {
    }

    /// <summary>For people, without passwords.</summary>
    public abstract override string ToString();

    /// <summary>Reads what a user gives as the journal: a connection string of PostgreSQL, or the path of an SQLite file.</summary>
    /// <param name="text"><c>Host=…;Database=…</c>, <c>postgresql://user@host/database</c>, or a path.</param>
    /// <param name="where">The option or key, for the message.</param>
    /// <exception cref="JobInputException">It is neither.</exception>
    public static JournalLocation Parse(string text, string where)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new JobInputException($"{where}: give the path of an SQLite file, or how to connect with PostgreSQL: Host=…;Database=…;Username=….");
        }

        try
        {
            return text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal)
                ? new PostgreSql(FromUri(new Uri(text)).ConnectionString)
                : text.Contains("host=", StringComparison.OrdinalIgnoreCase) || text.Contains("server=", StringComparison.OrdinalIgnoreCase)
                ? new PostgreSql(new NpgsqlConnectionStringBuilder(text).ConnectionString)
                : new SqliteFile(Path.GetFullPath(text));
        }
        catch (Exception e) when (e is ArgumentException or UriFormatException or FormatException)
        {
            throw new JobInputException($"{where}: not a connection string of PostgreSQL: {e.Message}", e);
        }
    }

    private static NpgsqlConnectionStringBuilder FromUri(Uri uri)
    {
        string[] user = uri.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder { Host = uri.Host, Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')) };
        if (uri.Port > 0)
        {
            builder.Port = uri.Port;
        }

        if (user[0].Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length > 1)
        {
            builder.Password = Uri.UnescapeDataString(user[1]);
        }

        foreach (string pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            builder[Uri.UnescapeDataString(parts[0])] = Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : "");
        }

        return builder;
    }

    /// <summary>Nowhere: it ends with the process.</summary>
    public sealed record InMemory : JournalLocation
    {
        /// <inheritdoc/>
        public override string ToString() => "memory";
    }

    /// <summary>A file of SQLite, which only processes of one machine may share.</summary>
    /// <param name="Path">Full path; made when it is not there.</param>
    public sealed record SqliteFile(string Path) : JournalLocation
    {
        private const int LeaseTimeoutSeconds = 5;

        internal string ConnectionString => new SqliteConnectionStringBuilder { DataSource = Path }.ConnectionString;

        // Calls of SQLite block their thread: waited for no longer than a lease waits for its store.
        internal string LeaseConnectionString =>
            new SqliteConnectionStringBuilder { DataSource = Path + ".leases", DefaultTimeout = LeaseTimeoutSeconds }.ConnectionString;

        /// <inheritdoc/>
        public override string ToString() => Path;
    }

    /// <summary>A database of PostgreSQL, shared by all nodes that may hold the coordinator.</summary>
    /// <param name="ConnectionString">As Npgsql takes it.</param>
    public sealed record PostgreSql(string ConnectionString) : JournalLocation
    {
        /// <inheritdoc/>
        public override string ToString() =>
            new NpgsqlConnectionStringBuilder(ConnectionString) is var to ? $"database '{to.Database}' on {to.Host}" : "";
    }
}

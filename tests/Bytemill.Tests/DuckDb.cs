using System.Globalization;
using DuckDB.NET.Data;

namespace Bytemill.Tests;

/// <summary>Asks DuckDB, a reader of Parquet that knows nothing of ours.</summary>
internal static class DuckDb
{
    /// <summary>The rows of a query, their columns as text joined by blanks.</summary>
    public static string[] Query(string sql)
    {
        using DuckDBConnection connection = new("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are of tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        using DuckDBDataReader reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "null" : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        }

        return [.. rows];
    }
}

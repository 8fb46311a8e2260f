using DuckDB.NET.Data;

namespace Bytemill.Tests;

/// <summary>A file with a column of every kind, written by DuckDB.</summary>
internal static class AllTypes
{
    private const string Select = """
        SELECT
            i AS id,
            CASE WHEN i % 5 = 0 THEN NULL ELSE 'row ' || i || ' 字' END AS name,
            CASE WHEN i % 3 = 0 THEN NULL ELSE i % 2 = 0 END AS flag,
            (i % 100)::TINYINT AS tiny, (i % 200)::UTINYINT AS utiny, i::SMALLINT AS small, i::INTEGER AS medium,
            i::UINTEGER AS unsigned, i::UBIGINT AS ubig,
            i / 7.0::FLOAT AS real, CASE WHEN i % 4 = 0 THEN NULL ELSE i / 3.0::DOUBLE END AS double,
            (i / 8.0)::DECIMAL(7, 3) AS money, (i / 8.0)::DECIMAL(16, 2) AS bigger, (i / 8.0)::DECIMAL(38, 10) AS biggest,
            DATE '2024-02-29' + i::INTEGER AS day, TIME '10:20:30.123456' AS moment,
            TIMESTAMP '2024-01-01 00:00:00' + to_seconds(i) AS stamp, '2001-02-03 04:05:06.789012345'::TIMESTAMP_NS AS nanos,
            TIMESTAMPTZ '2024-01-01 00:00:00+02' AS zoned,
            '00112233-4455-6677-8899-aabbccddeeff'::UUID AS uuid, encode('b' || i) AS blob,
            CASE WHEN i % 7 = 0 THEN NULL WHEN i % 3 = 0 THEN [] ELSE [i, NULL, i + 1] END AS list,
            CASE WHEN i % 6 = 0 THEN NULL ELSE {'a': i, 'b': ['x', NULL], 'c': {'d': NULL::VARCHAR}} END AS struct,
            MAP {'k': i} AS map,
            CASE WHEN i % 4 = 3 THEN NULL ELSE 'text ' || i END AS text
        FROM range($first, $end) AS r(i)
        """;

    public static string[] Descriptions =>
    [
        "id: int64", "name: string", "flag: bool", "tiny: int8", "utiny: uint8", "small: int16", "medium: int32",
        "unsigned: uint32", "ubig: uint64", "real: float", "double: double", "money: decimal(7, 3)",
        "bigger: decimal(16, 2)", "biggest: decimal(38, 10)", "day: date", "moment: time[us]", "stamp: timestamp[us]",
        "nanos: timestamp[ns]", "zoned: timestamp[us, UTC]", "uuid: uuid", "blob: binary", "list: list<int64>",
        "struct: struct<a: int64, b: list<string>, c: struct<d: string>>", "map: map<string, int64>", "text: string",
    ];

    /// <summary>Writes row groups of the given rows, at most 2048 each but the last.</summary>
    public static void Write(string path, int[] rowGroups)
    {
        int rows = rowGroups.Sum();
        string select = Select.Replace("$first", "0", StringComparison.Ordinal)
            .Replace("$end", rows.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        using DuckDBConnection connection = new("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are this class's own.
        command.CommandText = $"COPY ({select}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {rowGroups[0]})";
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}

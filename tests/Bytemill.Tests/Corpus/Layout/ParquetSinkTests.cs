using System.Buffers;
using Bytemill.Corpus;

namespace Bytemill.Tests;

/// <summary>Kept columns of every type taken apart into rows and put together in other row groups, read by DuckDB and Arrow's code.</summary>
public sealed class ParquetSinkTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(700, long.MaxValue)]
    [InlineData(100_000, long.MaxValue)]
    [InlineData(100_000, 20_000)]
    public void Append_KeptColumnsOfEveryType_AreTheSameValues(long groupRows, long groupBytes)
    {
        string input = _folder.File("in.parquet");
        AllTypes.Write(input, [2048, 2048, 904]);
        string output = _folder.File("out.parquet");
        Rewrite(input, output, new ParquetSinkOptions { RowGroupRows = groupRows, RowGroupBytes = groupBytes, IdType = IdType.UInt16 });

        string before = $"SELECT * EXCLUDE (text) FROM '{input}'";
        string after = $"SELECT * EXCLUDE (input_ids, n_tokens) FROM '{output}'";
        Assert.Equal(DuckDb.Query($"DESCRIBE {before}"), DuckDb.Query($"DESCRIBE {after}"));
        Assert.Empty(DuckDb.Query($"({before}) EXCEPT ALL ({after})"));
        Assert.Empty(DuckDb.Query($"({after}) EXCEPT ALL ({before})"));
        Assert.Equal(DuckDb.Query($"SELECT id FROM '{input}'"), DuckDb.Query($"SELECT id FROM '{output}'"));
        Assert.Equal(["input_ids USMALLINT[]", "n_tokens INTEGER"], DuckDb.Query($"DESCRIBE SELECT input_ids, n_tokens FROM '{output}'").Select(line => string.Join(' ', line.Split(' ')[..2])));
        Assert.Empty(DuckDb.Query($"SELECT * FROM '{output}' WHERE len(input_ids) <> n_tokens OR (id % 4 = 3) <> (input_ids IS NULL) OR list_max(input_ids) > 65535"));
        foreach (string column in Witness.Columns(output).Where(column => column is not ("input_ids.list.element" or "n_tokens")))
        {
            Assert.Equal(Values(input, column), Values(output, column));
        }

        string[] groups = DuckDb.Query($"SELECT DISTINCT row_group_id || ' ' || row_group_num_rows FROM parquet_metadata('{output}')");
        Assert.Equal(groupBytes < long.MaxValue ? groups.Length : groupRows == 700 ? 8 : 1, groups.Length);
        Assert.True(groups.Length > 8 == groupBytes < long.MaxValue);
    }

    [Fact]
    public void Append_PackedSequences_HaveThreeListsAndACount()
    {
        string output = _folder.File("packed.parquet");
        using (var sink = new ParquetSink(File.Create(output), "packed", new ParquetSinkOptions { IsPacked = true, RowGroupRows = 2 }))
        {
            sink.Append(new OutputRow { Ids = [1, 7, 2, 1], TokenCount = 4, DocumentStarts = [0, 3] }, TestContext.Current.CancellationToken);
            sink.Append(new OutputRow { Ids = [8, 2, 0, 0], TokenCount = 2, DocumentStarts = [0] }, TestContext.Current.CancellationToken);
            sink.Append(new OutputRow { Ids = [9, 9, 9, 9], TokenCount = 4, DocumentStarts = [0] }, TestContext.Current.CancellationToken);
            sink.Complete(TestContext.Current.CancellationToken);
        }

        Assert.Equal(
            ["[1, 7, 2, 1] [0, 1, 2, 0] [0, 0, 0, 1] 4", "[8, 2, 0, 0] [0, 1, 0, 0] [0, 0, -1, -1] 2", "[9, 9, 9, 9] [0, 1, 2, 3] [0, 0, 0, 0] 4"],
            DuckDb.Query($"SELECT input_ids::VARCHAR || ' ' || position_ids::VARCHAR || ' ' || document_ids::VARCHAR || ' ' || n_tokens FROM '{output}'"));
        Assert.Equal(["input_ids.list.element", "position_ids.list.element", "document_ids.list.element", "n_tokens"], Witness.Columns(output));
    }

    private static string[] Values(string path, string column) => [.. Witness.ReadRaw(path, column).Where(line => !line.StartsWith("row group", StringComparison.Ordinal))];

    private static void Rewrite(string input, string output, ParquetSinkOptions options)
    {
        CorpusFile file = TextSources.Inspect(input, "text");
        using ITextSource source = TextSources.Open(input, "text");
        using KeptColumns kept = KeptColumns.Open(file, "text", keep: null);
        using var sink = new ParquetSink(File.Create(output), "out", options with { Kept = KeptSchema.FromBytes(kept.Schema.ToBytes()) });
        ArrayBufferWriter<byte> cells = new();
        for (int group = 0; group < file.RowGroups.Length; group++)
        {
            kept.BeginGroup(group, TestContext.Current.CancellationToken);
            foreach (TextBatch batch in source.ReadBatches(group, 1 << 12, RowSelection.All, TestContext.Current.CancellationToken))
            {
                using (batch)
                {
                    for (int row = 0; row < batch.RowCount; row++)
                    {
                        cells.ResetWrittenCount();
                        kept.Write(batch, row, cells);
                        int[] ids = [.. batch[row].ToArray().Select(value => value * 257)];
                        sink.Append(new OutputRow { Ids = ids, IsNull = batch.IsNull(row), TokenCount = ids.Length, Kept = cells.WrittenSpan }, TestContext.Current.CancellationToken);
                    }
                }
            }
        }

        sink.Complete(TestContext.Current.CancellationToken);
    }
}

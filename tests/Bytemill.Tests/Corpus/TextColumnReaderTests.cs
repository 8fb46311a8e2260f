using System.Buffers;
using System.Buffers.Binary;
using Bytemill.Corpus;
using ParquetSharp;

namespace Bytemill.Tests;

public sealed class TextColumnReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<SampleOptions> Kinds
    {
        get
        {
            TheoryData<SampleOptions> kinds =
            [
                new SampleOptions { IsRequired = true },
                new SampleOptions { IsAnnotated = false, HasChecksums = true },
                new SampleOptions { Structs = 1 },
                new SampleOptions { Structs = 2, IsPageV2 = true },
                new SampleOptions { Structs = 2, IsRequired = true },
                new SampleOptions { Structs = 3, Encoding = null },
            ];
            Compression[] codecs =
            [
                Compression.Zstd, Compression.Snappy, Compression.Gzip, Compression.Brotli, Compression.Lz4,
                Compression.Uncompressed,
            ];
            foreach (Compression codec in codecs)
            {
                kinds.Add(new SampleOptions { Compression = codec });
                kinds.Add(new SampleOptions { Compression = codec, IsPageV2 = true, HasChecksums = true });
            }

            ParquetSharp.Encoding?[] encodings =
                [null, ParquetSharp.Encoding.DeltaByteArray, ParquetSharp.Encoding.DeltaLengthByteArray];
            foreach (ParquetSharp.Encoding? encoding in encodings)
            {
                foreach (bool isV2 in (bool[])[false, true])
                {
                    kinds.Add(new SampleOptions { Encoding = encoding, IsPageV2 = isV2 });
                    kinds.Add(new SampleOptions { Encoding = encoding, IsPageV2 = isV2, IsRequired = true, IsAnnotated = false });
                }
            }

            return kinds;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ReadRowGroup_EveryKindOfPage_GivesBackBytesAndNulls(SampleOptions options)
    {
        string path = _folder.File("x.parquet");
        byte[]?[][] groups =
        [
            SampleFiles.Rows(1500, seed: 1, !options.IsRequired),
            SampleFiles.Rows(1, seed: 2, withNulls: false),
            options.IsRequired ? [] : new byte[]?[37],
            SampleFiles.Rows(999, seed: 3, !options.IsRequired),
        ];
        SampleFiles.WriteText(path, groups, options);
        string column = string.Concat(Enumerable.Range(1, options.Structs).Select(i => $"doc{i}.")) + "text";

        await using TextColumnReader reader = await TextColumnReader.OpenAsync(path, column, Cancel);

        Assert.Equal(groups.Length, reader.RowGroupCount);
        // Not in order: every row group is read on its own.
        foreach (int group in (int[])[3, 0, 1, 2])
        {
            using TextBatch batch = await reader.ReadRowGroupAsync(group, Cancel);
            AssertRows(groups[group], batch);
            foreach (int batchBytes in (int[])[1, 20_000, int.MaxValue])
            {
                AssertBatches(groups[group], reader.ReadBatches(group, batchBytes, Cancel));
            }
        }
    }

    [Fact]
    public void ReadBatches_LargeRowGroup_ComesPageByPage()
    {
        string path = _folder.File("x.parquet");
        byte[]?[] rows = [.. Enumerable.Repeat(SampleFiles.Rows(1000, seed: 5), 30).SelectMany(part => part)];
        rows[^2] = [0x61, 0xFF];
        SampleFiles.WriteText(path, [rows[..3], rows]);
        using TextColumnReader reader = TextColumnReader.Open(path, "text");
        int read = 0;
        int batches = 0;

        CorpusException error = Assert.Throws<CorpusException>(() =>
        {
            foreach (TextBatch batch in reader.ReadBatches(1, 100_000, Cancel))
            {
                AssertRows(rows[read..(read + batch.RowCount)], batch);
                read += batch.RowCount;
                batches++;
                batch.Dispose();
            }
        });

        Assert.True(batches > 1, $"{batches} batches of {read} rows");
        Assert.Contains($"row {rows.Length - 2} (row {rows.Length + 1} of the file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadRowGroup_ByManyThreads_GivesTheSame()
    {
        string path = _folder.File("x.parquet");
        byte[]?[][] groups = [.. Enumerable.Range(0, 8).Select(i => SampleFiles.Rows(400, i))];
        SampleFiles.WriteText(path, groups);
        await using TextColumnReader reader = await TextColumnReader.OpenAsync(path, "text", Cancel);

        await Parallel.ForEachAsync(Enumerable.Range(0, 64), Cancel, async (i, cancel) =>
        {
            using TextBatch batch = await reader.ReadRowGroupAsync(i % 8, cancel);
            AssertRows(groups[i % 8], batch);
        });
    }

    [Fact]
    public async Task ReadRowGroup_DocumentOf17Megabytes_IsOneRow()
    {
        string path = _folder.File("x.parquet");
        byte[] text = new byte[17 << 20];
        Array.Fill(text, (byte)'x');
        text[^1] = (byte)'y';
        SampleFiles.WriteText(path, [[text]]);
        await using TextColumnReader reader = await TextColumnReader.OpenAsync(path, "text", Cancel);

        using TextBatch batch = await reader.ReadRowGroupAsync(0, Cancel);

        Assert.Equal(1, batch.RowCount);
        Assert.Equal(text.Length, batch.TotalBytes);
        Assert.True(batch[0].SequenceEqual(text));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadRowGroup_InvalidUtf8_NamesRowAndByte(bool isAnnotated)
    {
        string path = _folder.File("x.parquet");
        byte[]?[][] groups = [SampleFiles.Utf8("fine", null), SampleFiles.Utf8("fine", null, "中x", "fine")];
        groups[1][2]![4 - 1] = 0xff;
        SampleFiles.WriteText(path, groups, new SampleOptions { IsAnnotated = isAnnotated });
        await using TextColumnReader reader = await TextColumnReader.OpenAsync(path, "text", Cancel);

        CorpusException error = await Assert.ThrowsAsync<CorpusException>(() => reader.ReadRowGroupAsync(1, Cancel));

        Assert.StartsWith($"{path}: row group 1, column 'text', row 2 (row 4 of the file", error.Message, StringComparison.Ordinal);
        Assert.Contains("at byte 3 of 4 (0xff)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xc3 }, 0)]
    [InlineData(new byte[] { 0x61, 0xe4, 0xb8 }, 1)]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 }, 0)]
    [InlineData(new byte[] { 0xc0, 0x80 }, 0)]
    [InlineData(new byte[] { 0x61, 0xf4, 0x90, 0x80, 0x80 }, 1)]
    public async Task ReadRowGroup_CutSurrogateOverlongOrTooLarge_IsInvalid(byte[] bytes, int offset)
    {
        string path = _folder.File("x.parquet");
        SampleFiles.WriteText(path, [[bytes]]);
        await using TextColumnReader reader = await TextColumnReader.OpenAsync(path, "text", Cancel);

        CorpusException error = await Assert.ThrowsAsync<CorpusException>(() => reader.ReadRowGroupAsync(0, Cancel));

        Assert.Contains($"at byte {offset} of {bytes.Length}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadRowGroup_Cancelled_Throws()
    {
        string path = _folder.File("x.parquet");
        SampleFiles.WriteText(path, [SampleFiles.Rows(10, 1)]);
        await using TextColumnReader reader = await TextColumnReader.OpenAsync(path, "text", Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.ReadRowGroupAsync(0, new CancellationToken(true)));
    }

    [Fact]
    public async Task Batch_RowOutsideOrDisposed_Throws()
    {
        string path = _folder.File("x.parquet");
        SampleFiles.WriteText(path, [SampleFiles.Rows(3, 1)]);
        await using TextColumnReader reader = await TextColumnReader.OpenAsync(path, "text", Cancel);
        TextBatch batch = await reader.ReadRowGroupAsync(0, Cancel);

        Assert.Throws<ArgumentOutOfRangeException>(() => batch[3].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.IsNull(-1));
        batch.Dispose();
        batch.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch[0].Length);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => reader.ReadRowGroupAsync(1, Cancel));
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(200_000_000)]
    public async Task ReadRowGroup_FooterThatClaimsMoreRowsThanFit_SaysSo(int rows)
    {
        string path = _folder.File("x.parquet");
        SampleFiles.WriteText(path, [SampleFiles.Rows(3, 1)]);
        RewriteFooter(path, footer =>
        {
            ThriftStruct group = footer.List(FooterFields.File.RowGroups)!.Structs().Single();
            footer.SetInt64(FooterFields.File.Rows, rows);
            group.SetInt64(FooterFields.RowGroup.Rows, rows);
            foreach (ThriftStruct chunk in group.List(FooterFields.RowGroup.Columns)!.Structs())
            {
                chunk.Struct(FooterFields.Chunk.Metadata)!.SetInt64(FooterFields.ChunkMetadata.Values, rows);
            }
        });
        await using TextColumnReader reader = await TextColumnReader.OpenAsync(path, "text", Cancel);

        CorpusException error = await Assert.ThrowsAsync<CorpusException>(() => reader.ReadRowGroupAsync(0, Cancel));

        Assert.StartsWith($"{path}: row group 0, column 'text': it has {rows} rows, more than the ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_FooterThatClaimsAnAbsurdSize_IsDamaged()
    {
        string path = _folder.File("x.parquet");
        SampleFiles.WriteText(path, [SampleFiles.Rows(3, 1), SampleFiles.Rows(3, 2)]);
        RewriteFooter(path, footer =>
        {
            foreach (ThriftStruct chunk in footer.List(FooterFields.File.RowGroups)!.Structs()
                .SelectMany(group => group.List(FooterFields.RowGroup.Columns)!.Structs()))
            {
                chunk.Struct(FooterFields.Chunk.Metadata)!.SetInt64(FooterFields.ChunkMetadata.UncompressedBytes, long.MaxValue);
            }
        });

        CorpusException error = await Assert.ThrowsAsync<CorpusException>(() => CorpusInspector.InspectAsync(path, "text", Cancel));

        Assert.Contains("footer is damaged (row group 0, column 'id': the chunk's size is 9223372036854775807,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadRowGroup_AnyDamagedByte_GivesTextOrCorpusException()
    {
        foreach (SampleOptions options in (SampleOptions[])
        [
            new() { Compression = Compression.Uncompressed },
            new() { Compression = Compression.Uncompressed, Encoding = null, IsPageV2 = true },
            new() { Compression = Compression.Lz4, Encoding = ParquetSharp.Encoding.DeltaByteArray },
            new() { Compression = Compression.Snappy, Encoding = ParquetSharp.Encoding.DeltaLengthByteArray, IsPageV2 = true },
        ])
        {
            string path = _folder.File("x.parquet");
            SampleFiles.WriteText(path, [SampleFiles.Rows(30, 1), SampleFiles.Rows(5, 2)], options with { PageBytes = 64 });
            byte[] good = await File.ReadAllBytesAsync(path, Cancel);
            Random random = new(7);
            for (int i = 0; i < 50; i++)
            {
                byte[] bad = [.. good];
                for (int flips = random.Next(1, 4); flips > 0; flips--)
                {
                    bad[random.Next(bad.Length)] = (byte)random.Next(256);
                }

                int length = random.Next(8) == 0 ? random.Next(bad.Length) : bad.Length;
                string damaged = _folder.File("bad.parquet");
                await File.WriteAllBytesAsync(damaged, bad[..length], Cancel);
                await ReadAllOrThrowCorpusException(damaged);
            }
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static void RewriteFooter(string path, Action<ThriftStruct> change)
    {
        byte[] file = File.ReadAllBytes(path);
        int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(^8..));
        ThriftStruct footer = new ThriftReader(file.AsSpan(^(8 + length)..^8)).ReadStruct();
        change(footer);
        ArrayBufferWriter<byte> written = new();
        ThriftWriter.Write(footer, written);
        byte[] size = BitConverter.GetBytes(written.WrittenCount);
        File.WriteAllBytes(path, [.. file[..^(8 + length)], .. written.WrittenSpan, .. size, .. "PAR1"u8]);
    }

    private static async Task ReadAllOrThrowCorpusException(string path)
    {
        try
        {
            await CorpusInspector.InspectAsync(path, "text", Cancel);
            await using TextColumnReader reader = await TextColumnReader.OpenAsync(path, "text", Cancel);
            for (int group = 0; group < reader.RowGroupCount; group++)
            {
                using TextBatch batch = await reader.ReadRowGroupAsync(group, Cancel);
                Assert.True(batch.TotalBytes >= 0);
            }
        }
        catch (CorpusException error)
        {
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    private static void AssertBatches(byte[]?[] expected, IEnumerable<TextBatch> batches)
    {
        int read = 0;
        foreach (TextBatch batch in batches)
        {
            Assert.True(batch.RowCount > 0);
            AssertRows(expected[read..(read + batch.RowCount)], batch);
            read += batch.RowCount;
            batch.Dispose();
        }

        Assert.Equal(expected.Length, read);
    }

    private static void AssertRows(byte[]?[] expected, TextBatch batch)
    {
        Assert.Equal(expected.Length, batch.RowCount);
        Assert.Equal(expected.Sum(row => row?.LongLength ?? 0), batch.TotalBytes);
        for (int row = 0; row < expected.Length; row++)
        {
            Assert.Equal(expected[row] is null, batch.IsNull(row));
            if (!batch[row].SequenceEqual(expected[row]))
            {
                Assert.Fail($"Row {row}: {System.Text.Encoding.UTF8.GetString(batch[row])}");
            }
        }
    }
}

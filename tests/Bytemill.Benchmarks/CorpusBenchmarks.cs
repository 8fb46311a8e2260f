using System.Text;
using BenchmarkDotNet.Attributes;
using Bytemill.Corpus;
using Parquet;
using Parquet.Schema;

namespace Bytemill.Benchmarks;

/// <summary>Reading a text column of about 23 MB as bytes, against the library's strings of the same file, and writing tokens.</summary>
[ShortRunJob]
[MemoryDiagnoser]
public class CorpusBenchmarks
{
    private const int RowGroups = 4;
    private const int RowsPerGroup = 4000;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"bytemill-bench-{Guid.NewGuid():n}.parquet");
    private readonly int[][] _ids = new int[RowGroups][];
    private readonly int[][] _lengths = new int[RowGroups][];
    private TextColumnReader? _reader;

    /// <summary>Compression of the input.</summary>
    [Params(CompressionMethod.None, CompressionMethod.Snappy, CompressionMethod.Zstd)]
    public CompressionMethod Codec { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        long expected = await WriteInputAsync();
        _reader = await TextColumnReader.OpenAsync(_path, "text");
        if (ReadBytes() != expected || await ReadStrings() != expected)
        {
            throw new InvalidOperationException("The readers do not give the text that was written.");
        }
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        await _reader!.DisposeAsync();
        File.Delete(_path);
        File.Delete(_path + ".out");
    }

    [Benchmark]
    public long ReadBytes()
    {
        long bytes = 0;
        for (int group = 0; group < RowGroups; group++)
        {
            using TextBatch batch = _reader!.ReadRowGroupAsync(group).GetAwaiter().GetResult();
            bytes += batch.TotalBytes;
        }

        return bytes;
    }

    [Benchmark(Baseline = true)]
    public async Task<long> ReadStrings()
    {
        long bytes = 0;
        await using ParquetReader reader = await ParquetReader.CreateAsync(_path);
        DataField field = reader.Schema.DataFields.Single(column => column.Name == "text");
        for (int group = 0; group < RowGroups; group++)
        {
            using ParquetRowGroupReader rows = reader.OpenRowGroupReader(group);
            string?[] texts = new string?[rows.RowCount];
            await rows.ReadAsync(field, texts);
            foreach (string? text in texts)
            {
                bytes += text is null ? 0 : Encoding.UTF8.GetByteCount(text);
            }
        }

        return bytes;
    }

    [Benchmark]
    public Task<long> WriteTokens() => WriteTokensAsync([]);

    [Benchmark]
    public Task<long> WriteTokensAndKeepText() => WriteTokensAsync(["id", "text"]);

    private async Task<long> WriteTokensAsync(string[] keep)
    {
        await using FileStream output = File.Create(_path + ".out");
        await using TokenizedFileWriter writer = await TokenizedFileWriter.CreateAsync(_path, "text", keep, output);
        for (int group = 0; group < RowGroups; group++)
        {
            await writer.WriteRowGroupAsync(group, _ids[group], _lengths[group]);
        }

        await writer.CompleteAsync();
        return output.Length;
    }

    // Ids are as many as a tokenizer gives for such text, about one for four bytes, few of them often.
    private async Task<long> WriteInputAsync()
    {
        DataField id = new("id", typeof(long), isNullable: false);
        DataField text = new("text", typeof(string), isNullable: true);
        ParquetOptions options = new()
        {
            CompressionMethod = Codec,
            CompressionLevel = System.IO.Compression.CompressionLevel.Fastest,
        };
        await using FileStream file = File.Create(_path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(id, text), file, options);
        Random random = new(1);
        long bytes = 0;
        for (int group = 0; group < RowGroups; group++)
        {
            string?[] rows = new string?[RowsPerGroup];
            List<int> ids = [];
            _lengths[group] = new int[RowsPerGroup];
            for (int row = 0; row < RowsPerGroup; row++)
            {
                rows[row] = row % 50 == 0 ? null : Sentence(random);
                int length = rows[row] is string sentence ? Encoding.UTF8.GetByteCount(sentence) : 0;
                bytes += length;
                _lengths[group][row] = rows[row] is null ? TokenizedFileWriter.NullText : length / 4;
                ids.AddRange(Enumerable.Range(0, length / 4).Select(_ => (int)(65536 * Math.Pow(random.NextDouble(), 3))));
            }

            _ids[group] = [.. ids];
            using ParquetRowGroupWriter rowGroup = writer.CreateRowGroup();
            await rowGroup.WriteAsync<long>(id, Enumerable.Range(0, RowsPerGroup).Select(row => (long)row).ToArray());
            await rowGroup.WriteAsync(text, rows);
        }

        return bytes;
    }

    private static string Sentence(Random random)
    {
        const string Letters = "etaoinshrdlucmfwypvbgk 的一是不了人我在有他这为之大来以个中上们 ";
        StringBuilder sentence = new();
        int words = random.Next(10, 300);
        for (int word = 0; word < words; word++)
        {
            // Words repeat, as in text: a seed from a few thousand gives the letters.
            Random letters = new((int)(5000 * Math.Pow(random.NextDouble(), 2)));
            for (int letter = letters.Next(1, 8); letter > 0; letter--)
            {
                sentence.Append(Letters[letters.Next(Letters.Length)]);
            }

            sentence.Append(' ');
        }

        return sentence.ToString();
    }
}

// Behind scripts/bench-read.sh: reading the text column of Parquet files, beside DuckDB and ParquetSharp, and counting what was read. All take turns;
// times are those of the processor, of one thread, the median of several runs: on a shared machine ratios mean more than megabytes a second.
#:project ../src/Bytemill.Corpus/Bytemill.Corpus.csproj
#:project ../src/Bytemill.Training/Bytemill.Training.csproj
#:package DuckDB.NET.Data.Full
#:package ParquetSharp
#:property PublishAot=false
#:property AllowUnsafeBlocks=true
#:property TieredPGO=false

using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Unicode;
using Bytemill.Corpus;
using Bytemill.Training;
using DuckDB.NET.Data;
using ParquetSharp;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string root = args[0];
List<string> rest = [.. args[1..]];
string corpus = rest.Count > 0 && !rest[0].StartsWith('-') ? Take(0) : Path.Combine(root, "samples", "corpus");
string column = Option("--column") ?? "text";
int runs = int.Parse(Option("--runs") ?? "7", CultureInfo.InvariantCulture);
int order = int.Parse(Option("--order") ?? "6", CultureInfo.InvariantCulture);
if (rest.Count > 0)
{
    Console.Error.WriteLine($"bench-read: what is '{rest[0]}'? See the head of scripts/bench-read.sh.");
    return 2;
}

const long BatchBytes = 8 << 20;
const long CountingBytes = 128 << 20;
string[] files = [.. Directory.EnumerateFiles(corpus, "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
var options = new TrainerOptions { Order = order };
using var duck = new DuckDBConnection("DataSource=:memory:");
duck.Open();
Duck("SET threads = 1");

long text = ReadAll();
(string Name, string What, Func<long> Run, List<double> Seconds)[] contestants =
[
    ("**Bytemill**", "reads, checks UTF-8", ReadAll, []),
    ("ParquetSharp", "reads byte arrays", () => ReadBySharp(isChecked: false), []),
    ("ParquetSharp", "reads byte arrays, checks UTF-8 by .NET", () => ReadBySharp(isChecked: true), []),
    ("DuckDB", "reads, checks UTF-8, adds up lengths", ReadByDuck, []),
    ("Bytemill counting", $"reads, normalises, counts n-grams of {order} bytes", CountAll, []),
];
foreach (var contestant in contestants)
{
    long found = contestant.Run();
    if (found != text)
    {
        Console.Error.WriteLine($"bench-read: {contestant.Name} found {found} bytes of text, Bytemill {text}.");
        return 1;
    }
}

for (int run = 0; run < runs; run++)
{
    foreach (var contestant in contestants)
    {
        TimeSpan begin = Process.GetCurrentProcess().TotalProcessorTime;
        contestant.Run();
        contestant.Seconds.Add((Process.GetCurrentProcess().TotalProcessorTime - begin).TotalSeconds);
    }
}

Console.WriteLine($"{text / 1e6:0.0} MB of text in {files.Length} files from {Path.GetFileName(Path.TrimEndingDirectorySeparator(corpus))}, one thread, processor time, median of {runs} runs in turn:");
Console.WriteLine();
Console.WriteLine("| | | MB/s | Bytemill reads … times as fast | share of counting |");
Console.WriteLine("|---|---|---:|---:|---:|");
double own = Median(contestants[0].Seconds);
double counting = Median(contestants[^1].Seconds);
foreach (var (name, what, _, seconds) in contestants)
{
    Console.WriteLine($"| {name} | {what} | {text / 1e6 / Median(seconds):0} | {Median(seconds) / own:0.00} | {Median(seconds) / counting * 100:0} % |");
}

return 0;

long ReadAll()
{
    long bytes = 0;
    foreach (TextBatch batch in Batches())
    {
        using (batch)
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                bytes += batch[row].Length;
            }
        }
    }

    return bytes;
}

long CountAll()
{
    long bytes = 0;
    using var counter = new NGramCounter(order, KeyRanges.Whole, CountingBytes, new MemoryScratchSpace());
    var normalized = new ArrayBufferWriter<byte>();
    foreach (TextBatch batch in Batches())
    {
        using (batch)
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                bytes += batch[row].Length;
                foreach (ReadOnlySpan<byte> chunk in TrainingText.EnumerateChunks(batch[row], options, normalized))
                {
                    counter.Add(chunk);
                }
            }
        }
    }

    using var output = new MemoryStream();
    counter.WriteTo(output);
    return bytes;
}

IEnumerable<TextBatch> Batches()
{
    foreach (string file in files)
    {
        using TextColumnReader reader = TextColumnReader.Open(file, new SourceOptions { TextColumn = column });
        for (int group = 0; group < reader.RowGroupCount; group++)
        {
            foreach (TextBatch batch in reader.ReadBatches(group, BatchBytes))
            {
                yield return batch;
            }
        }
    }
}

unsafe long ReadBySharp(bool isChecked)
{
    long bytes = 0;
    var values = new ByteArray[4096];
    var levels = new short[values.Length];
    foreach (string file in files)
    {
        using var reader = new ParquetFileReader(file);
        int index = Enumerable.Range(0, reader.FileMetaData.NumColumns).First(i => reader.FileMetaData.Schema.Column(i).Path.ToDotString() == column);
        for (int group = 0; group < reader.FileMetaData.NumRowGroups; group++)
        {
            using RowGroupReader rows = reader.RowGroup(group);
            using var texts = (ColumnReader<ByteArray>)rows.Column(index);
            while (texts.HasNext)
            {
                texts.ReadBatch(values.Length, levels, levels, values, out long read);
                for (int i = 0; i < read; i++)
                {
                    if (isChecked && !Utf8.IsValid(new ReadOnlySpan<byte>((void*)values[i].Pointer, values[i].Length)))
                    {
                        throw new InvalidDataException($"{file} holds text that is no UTF-8.");
                    }

                    bytes += values[i].Length;
                }
            }
        }
    }

    return bytes;
}

long ReadByDuck() => Duck($"SELECT sum(strlen(\"{column}\"))::BIGINT FROM read_parquet([{string.Join(", ", files.Select(file => $"'{file}'"))}])");

long Duck(string sql)
{
    using DuckDBCommand command = duck.CreateCommand();
    command.CommandText = sql;
    return command.ExecuteScalar() is long sum ? sum : 0;
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

string Take(int index)
{
    string value = rest[index];
    rest.RemoveAt(index);
    return value;
}

string? Option(string name)
{
    int at = rest.IndexOf(name);
    if (at < 0 || at + 1 >= rest.Count)
    {
        return null;
    }

    rest.RemoveAt(at);
    return Take(at);
}

// Behind scripts/measure-constants.sh: runs 'bytemill run' on one tiny file and on the sample corpus and writes the constants of 'bytemill plan'.
#:project Measuring/Measuring.csproj
#:package Parquet.Net
#:property PublishAot=false
#:property JsonSerializerIsReflectionEnabledByDefault=true

using System.Globalization;
using System.Text.Json;
using Bytemill.Measuring;
using Parquet;
using Parquet.Schema;

const int Runs = 3;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string root = args[0];
string work = Directory.CreateTempSubdirectory("bytemill-constants").FullName;
try
{
    string tiny = Path.Combine(work, "tiny.parquet");
    await WriteTinyAsync(tiny);
    List<JobRun> runs = [];
    for (int i = 0; i < Runs; i++)
    {
        runs.Add(Measure(tiny, $"tiny-{i}"));
    }

    // Writing tokens: what the phase takes on the sample, encoding taken off by the speed of 'plan' on the same text.
    string sample = Path.Combine(root, "samples", "corpus");
    JobRun large = Measure(sample, "sample");
    long tokens = large.Manifest.GetProperty("statistics").GetProperty("tokens").GetInt64();
    long outputBytes = large.Manifest.GetProperty("outputs").EnumerateArray().Sum(file => file.GetProperty("length_bytes").GetInt64());
    string[] phases = ["plan", "count", "merge", "model", "segment", "vocabulary", "tokenize"];
    var constants = new Dictionary<string, object>
    {
        ["comment"] = "What a sample cannot tell. Written by scripts/measure-constants.sh.",
        ["start_seconds"] = Round(Median(runs.Select(run => run.Wall - run.Seconds.Values.Sum()))),
        ["phase_seconds"] = phases.ToDictionary(phase => phase, phase => Round(Median(runs.Select(run => run.Seconds[phase])))),
        ["process_bytes"] = (long)Median(runs.Select(run => run.PeakMemory)),
        ["seconds_per_file"] = 0.002,
        ["write_seconds_per_token"] = Math.Round(
            Math.Max(0, (large.Seconds["tokenize"] * Math.Min(2, Environment.ProcessorCount)) - (large.TextBytes / 40e6)) / tokens, 10),
        ["output_bytes_per_token"] = Math.Round(outputBytes / (double)tokens, 2),
        ["network_bytes_per_second"] = 125_000_000,
    };
    string path = Path.Combine(root, "src", "Bytemill.Pipeline", "Planning", "plan-constants.json");
    File.WriteAllText(path, JsonSerializer.Serialize(constants, new JsonSerializerOptions { WriteIndented = true }) + "\n");
    Console.WriteLine(File.ReadAllText(path));
}
finally
{
    Directory.Delete(work, recursive: true);
}

JobRun Measure(string input, string name) =>
    JobRun.Run(root, Path.Combine(work, name), TimeSpan.FromMinutes(2), ["run", "--input", input, "--min-count", "2"]);

static async Task WriteTinyAsync(string path)
{
    DataField<string> text = new("text", false);
    await using FileStream file = File.Create(path);
    await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(text), file);
    using ParquetRowGroupWriter group = writer.CreateRowGroup();
    await group.WriteAsync(text, [.. Enumerable.Range(0, 20).Select(i => $"Text {i} of twenty, each a line that says next to nothing.\n")]);
    group.CompleteValidate();
}

static double Median(IEnumerable<double> values)
{
    double[] sorted = [.. values.Order()];
    return sorted[sorted.Length / 2];
}

static double Round(double seconds) => Math.Round(seconds, 2);

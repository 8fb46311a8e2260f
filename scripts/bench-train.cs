// Behind scripts/bench-train.sh: runs 'bytemill train' with 1 and 2 workers in turn and reports the median time of each phase,
// MB of text a second, and the peak of resident memory. What two threads can gain on this machine at all is measured in the
// same run by plain independent work, since two processors may be one core.
#:property PublishAot=false
#:property JsonSerializerIsReflectionEnabledByDefault=true

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string root = args[0];
List<string> rest = [.. args[1..]];
string corpus = rest.Count > 0 && !rest[0].StartsWith('-') ? Take(rest, 0) : Path.Combine(root, "samples", "corpus");
int runs = rest.IndexOf("--runs") is var at and >= 0 ? int.Parse(TakeOption(rest, at), CultureInfo.InvariantCulture) : 3;
string[] options = rest.Count > 0 ? [.. rest] : ["--vocab-size", "32000", "--min-count", "8"];
string[] phases = ["plan", "count", "merge", "model", "segment", "vocabulary"];

double gain = Calibrate();
Dictionary<int, List<Measured>> measured = new() { [1] = [], [2] = [] };
for (int run = 0; run < runs; run++)
{
    foreach (int workers in (int[])[1, 2])
    {
        measured[workers].Add(await RunAsync(workers));
    }
}

double megabytes = measured[1][0].TextBytes / 1e6;
Console.WriteLine($"`bytemill train {string.Join(' ', options)}` on {megabytes:0.0} MB of text, median of {runs} runs:");
Console.WriteLine();
Console.WriteLine("| phase | 1 worker, s | MB/s | 2 workers, s | MB/s |");
Console.WriteLine("|---|---:|---:|---:|---:|");
foreach (string phase in phases)
{
    Row(phase, run => run.Seconds[phase]);
}

Row("start to end", run => run.Wall);
Console.WriteLine($"| peak resident memory, MB | {Median(1, run => run.PeakMegabytes):0} | | {Median(2, run => run.PeakMegabytes):0} | |");
Console.WriteLine();
Console.WriteLine($"Two threads of plain independent work (sorting) gain {gain:0.00} times here; the phases of workers (count, segment) gain "
    + $"{Median(1, Workers) / Median(2, Workers):0.00} times with two workers.");

void Row(string name, Func<Measured, double> select)
{
    double one = Median(1, select);
    double two = Median(2, select);
    Console.WriteLine($"| {name} | {one:0.00} | {megabytes / one:0.0} | {two:0.00} | {megabytes / two:0.0} |");
}

double Median(int workers, Func<Measured, double> select)
{
    double[] values = [.. measured[workers].Select(select).Order()];
    return values[values.Length / 2];
}

async Task<Measured> RunAsync(int workers)
{
    string output = Path.Combine(Path.GetTempPath(), "bytemill-bench-" + Guid.NewGuid().ToString("N"));
    ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true };
    string program = Path.Combine(root, "src", "Bytemill.App", "bin", "Release", "net10.0", "bytemill.dll");
    foreach (string argument in (string[])[program, "train", "--input", corpus, "--output", output, "--workers", $"{workers}", .. options])
    {
        start.ArgumentList.Add(argument);
    }

    Stopwatch clock = Stopwatch.StartNew();
    using Process process = Process.Start(start)!;
    Task<string> text = process.StandardOutput.ReadToEndAsync();
    double peak = 0;
    while (!process.WaitForExit(20))
    {
        peak = Math.Max(peak, PeakOf(process.Id));
    }

    double wall = clock.Elapsed.TotalSeconds;
    await text;
    if (process.ExitCode != 0)
    {
        throw new InvalidOperationException($"bytemill ended with {process.ExitCode}.");
    }

    using JsonDocument manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(output, "manifest.json")));
    Directory.Delete(output, recursive: true);
    return new Measured(
        manifest.RootElement.GetProperty("phases").EnumerateArray()
            .ToDictionary(phase => phase.GetProperty("name").GetString()!, phase => phase.GetProperty("seconds").GetDouble()),
        manifest.RootElement.GetProperty("statistics").GetProperty("text_bytes").GetInt64(),
        wall,
        peak);
}

// The kernel's own high-water mark; nothing once the process has ended.
static double PeakOf(int process)
{
    try
    {
        string line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal)) ?? "";
        string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length < 2 ? 0 : long.Parse(parts[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
    catch (IOException)
    {
        return 0;
    }
}

static double Workers(Measured run) => run.Seconds["count"] + run.Seconds["segment"];

static double Calibrate()
{
    static double Sort(int threads)
    {
        long[][] data = [.. Enumerable.Range(0, threads).Select(seed => Fill(new Random(seed)))];
        Stopwatch clock = Stopwatch.StartNew();
        Thread[] workers = [.. data.Select(values => new Thread(() => Array.Sort(values)))];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
        return clock.Elapsed.TotalSeconds / threads;
    }

    static long[] Fill(Random random) => [.. Enumerable.Range(0, 8_000_000).Select(_ => random.NextInt64())];
    Sort(2);
    double[] gains = [.. Enumerable.Range(0, 3).Select(_ => Sort(1) / Sort(2)).Order()];
    return gains[1];
}

static string Take(List<string> list, int index)
{
    string value = list[index];
    list.RemoveAt(index);
    return value;
}

static string TakeOption(List<string> list, int index)
{
    list.RemoveAt(index);
    return Take(list, index);
}

internal sealed record Measured(Dictionary<string, double> Seconds, long TextBytes, double Wall, double PeakMegabytes);

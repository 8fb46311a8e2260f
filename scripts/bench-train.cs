// Behind scripts/bench-train.sh: runs 'bytemill train' with 1 and 2 workers in turn and reports the median time of each phase,
// MB of text a second, and the peak of resident memory. What two threads can gain on this machine at all is measured in the
// same run by plain independent work, since two processors may be one core.
#:project Measuring/Measuring.csproj
#:property PublishAot=false
#:property JsonSerializerIsReflectionEnabledByDefault=true

using System.Globalization;
using Bytemill.Measuring;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string root = args[0];
List<string> rest = [.. args[1..]];
string corpus = rest.Count > 0 && !rest[0].StartsWith('-') ? Take(rest, 0) : Path.Combine(root, "samples", "corpus");
int runs = rest.IndexOf("--runs") is var at and >= 0 ? int.Parse(TakeOption(rest, at), CultureInfo.InvariantCulture) : 3;
string[] options = rest.Count > 0 ? [.. rest] : ["--vocab-size", "32000", "--min-count", "8"];
string[] phases = ["plan", "count", "merge", "model", "segment", "vocabulary"];

double gain = TwoThreads.Calibrate();
Dictionary<int, List<JobRun>> measured = new() { [1] = [], [2] = [] };
for (int run = 0; run < runs; run++)
{
    foreach (int workers in (int[])[1, 2])
    {
        string output = Path.Combine(Path.GetTempPath(), "bytemill-bench-" + Guid.NewGuid().ToString("N"));
        measured[workers].Add(JobRun.Run(root, output, TimeSpan.FromMinutes(10), ["train", "--input", corpus, "--workers", $"{workers}", .. options]));
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
Console.WriteLine($"| peak resident memory, MB | {Median(1, run => run.PeakMemory / 1e6):0} | | {Median(2, run => run.PeakMemory / 1e6):0} | |");
Console.WriteLine();
Console.WriteLine($"Two threads of plain independent work (sorting) gain {gain:0.00} times here; the phases of workers (count, segment) gain "
    + $"{Median(1, Workers) / Median(2, Workers):0.00} times with two workers.");

void Row(string name, Func<JobRun, double> select)
{
    double one = Median(1, select);
    double two = Median(2, select);
    Console.WriteLine($"| {name} | {one:0.00} | {megabytes / one:0.0} | {two:0.00} | {megabytes / two:0.0} |");
}

double Median(int workers, Func<JobRun, double> select)
{
    double[] values = [.. measured[workers].Select(select).Order()];
    return values[values.Length / 2];
}

static double Workers(JobRun run) => run.Seconds["count"] + run.Seconds["segment"];

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

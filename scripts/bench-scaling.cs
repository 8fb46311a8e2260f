// Behind scripts/bench-scaling.sh: runs training on growing corpora and writes docs/performance.md and docs/scaling.svg.
#:project Measuring/Measuring.csproj
#:package OxyPlot.Core
#:property PublishAot=false
#:property JsonSerializerIsReflectionEnabledByDefault=true

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Bytemill.Measuring;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

const string Begin = "<!-- begin: scripts/bench-scaling.sh -->";
const string End = "<!-- end -->";
const double PartMegabytes = 16;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string root = args[0];
string corpus = args[1];
string resultsFile = args[2];
string[] parts = args.Length > 3 ? args[3..] : ["sizes", "workers", "budgets", "plan", "page"];
string[] options = ["--vocab-size", "32000", "--min-count", "8"];
int[] sizes = [60, 125, 250, 500, 1000];
string[] phases = ["plan", "count", "merge", "model", "segment", "vocabulary"];
JsonSerializerOptions json = new() { WriteIndented = true };
string[] files = [.. Directory.GetFiles(corpus, "*.parquet").Order(StringComparer.Ordinal)];

Results results = File.Exists(resultsFile) ? JsonSerializer.Deserialize<Results>(File.ReadAllText(resultsFile))! : new Results();
foreach (string part in parts)
{
    switch (part)
    {
        case "sizes":
            results.Sizes.Clear();
            foreach (int size in sizes)
            {
                results.Sizes.Add(Train(size, 2));
                Save();
            }

            break;
        case "workers":
            results.TwoThreads = TwoThreads.Calibrate();
            results.Workers.Clear();
            foreach (int size in (int[])[60, 250])
            {
                // In turn, so that both see the same machine.
                results.Workers.Add(Train(size, 1));
                results.Workers.Add(Train(size, 2));
                Save();
            }

            break;
        case "budgets":
            results.Budgets.Clear();
            foreach (string memory in (string[])["256MB", "1GB", "8GB"])
            {
                results.Budgets.Add(Train(250, 2, memory));
                Save();
            }

            if (results.Budgets.DistinctBy(run => run.Model).Count() != 1)
            {
                Console.Error.WriteLine("bench-scaling: the model depends on the memory: " + string.Join(", ", results.Budgets.Select(run => $"{run.Memory} {run.Model}")));
                return 1;
            }

            break;
        case "plan":
            results.Plans.Clear();
            foreach (int size in (int[])[60, 300])
            {
                results.Plans.Add(CheckPlan(size));
                Save();
            }

            break;
        default:
            results.Machine = Machine();
            WritePage();
            break;
    }
}

return 0;

void Save()
{
    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(resultsFile))!);
    File.WriteAllText(resultsFile, JsonSerializer.Serialize(results, json));
}

// The beginning of the corpus is a fair sample of it.
string[] Beginning(int megabytes) => files[..Math.Min(files.Length, (int)Math.Round(megabytes / PartMegabytes))];

Entry Train(int megabytes, int workers, string? memory = null)
{
    string output = Path.Combine(Path.GetTempPath(), "bytemill-scaling-" + Guid.NewGuid().ToString("N"));
    JobRun run = JobRun.Run(
        root, output, TimeSpan.FromMinutes(9), ["train", .. Beginning(megabytes), "--workers", $"{workers}", .. options, .. memory is null ? (string[])[] : ["--memory", memory]]);
    Entry entry = new(
        run.TextBytes / 1e6, workers, memory, new(run.Seconds), run.Wall, run.PeakMemory / 1e6, run.PeakDisk / 1e6,
        run.WrittenBytes.ToDictionary(phase => phase.Key, phase => phase.Value / 1e6), run.ModelSha256);
    Console.Error.WriteLine($"{entry.Megabytes:0} MB, {workers} workers{(memory is null ? "" : ", " + memory)}: {entry.Wall:0.0} s, {entry.Resident:0} MB");
    return entry;
}

string CheckPlan(int megabytes)
{
    string links = Directory.CreateTempSubdirectory("bytemill-scaling").FullName;
    try
    {
        foreach (string file in Beginning(megabytes))
        {
            File.CreateSymbolicLink(Path.Combine(links, Path.GetFileName(file)), file);
        }

        ProcessStartInfo start = new(Path.Combine(root, "scripts", "check-plan.sh")) { RedirectStandardOutput = true };
        foreach (string argument in (string[])[links, .. options])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        string table = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return table.Trim();
    }
    finally
    {
        Directory.Delete(links, recursive: true);
    }
}

string Machine()
{
    string cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1] ?? "unknown processor";
    return $"{Environment.ProcessorCount} processors ({cpu}), .NET {Environment.Version}, {DateTime.UtcNow:yyyy-MM-dd}";
}

void WritePage()
{
    StringWriter page = new(CultureInfo.InvariantCulture);
    page.WriteLine($"`bytemill train {string.Join(' ', options)}` on the corpus of `scripts/make-corpus.sh`; {results.Machine}.");
    if (results.Sizes.Count > 0)
    {
        page.WriteLine();
        page.WriteLine("### Twice the text");
        page.WriteLine();
        page.WriteLine("2 workers. *Twice* says how many times as long twice the text takes, from the row above. Disk is the most in use at one time.");
        page.WriteLine();
        page.WriteLine($"| text, MB | {string.Join(" | ", phases.Select(phase => phase + ", s"))} | start to end, s | twice | memory, MB | disk, MB |");
        page.WriteLine("|---:" + string.Concat(Enumerable.Repeat("|---:", phases.Length + 4)) + "|");
        Entry? before = null;
        foreach (Entry run in results.Sizes)
        {
            string twice = before is null ? "" : $"{Math.Exp(Math.Log(run.Wall / before.Wall) / Math.Log2(run.Megabytes / before.Megabytes)):0.00}";
            page.WriteLine($"| {run.Megabytes:0} | {Phases(run)} | {run.Wall:0.0} | {twice} | {run.Resident:0} | {run.Disk:0} |");
            before = run;
        }

        page.WriteLine();
        page.WriteLine("![Time and memory by text](scaling.svg)");
        WritePlot();
    }

    if (results.Workers.Count > 0)
    {
        page.WriteLine();
        page.WriteLine("### Two workers");
        page.WriteLine();
        page.WriteLine($"Two threads of plain independent work (sorting) gain {results.TwoThreads:0.00} times on this machine, measured in the same run.");
        page.WriteLine();
        page.WriteLine($"| text, MB | workers | {string.Join(" | ", phases.Select(phase => phase + ", s"))} | start to end, s | count and segment gain |");
        page.WriteLine("|---:|---:" + string.Concat(Enumerable.Repeat("|---:", phases.Length + 2)) + "|");
        foreach (Entry[] pair in results.Workers.Chunk(2))
        {
            double gain = Worked(pair[0]) / Worked(pair[1]);
            page.WriteLine($"| {pair[0].Megabytes:0} | 1 | {Phases(pair[0])} | {pair[0].Wall:0.0} | |");
            page.WriteLine($"| {pair[1].Megabytes:0} | 2 | {Phases(pair[1])} | {pair[1].Wall:0.0} | {gain:0.00}, {100 * gain / results.TwoThreads:0} % of it |");
        }
    }

    if (results.Budgets.Count > 0)
    {
        page.WriteLine();
        page.WriteLine("### Memory budgets");
        page.WriteLine();
        page.WriteLine($"The same {results.Budgets[0].Megabytes:0} MB, 2 workers. The models are the same: SHA-256 `{results.Budgets[0].Model[..16]}…`.");
        page.WriteLine();
        page.WriteLine($"| --memory | {string.Join(" | ", phases.Select(phase => phase + ", s"))} | start to end, s | resident, MB | disk, MB |");
        page.WriteLine("|---:" + string.Concat(Enumerable.Repeat("|---:", phases.Length + 3)) + "|");
        foreach (Entry run in results.Budgets)
        {
            page.WriteLine($"| {run.Memory} | {Phases(run)} | {run.Wall:0.0} | {run.Resident:0} | {run.Disk:0} |");
        }
    }

    if (results.Plans.Count > 0)
    {
        page.WriteLine();
        page.WriteLine("### Plans against runs");
        page.WriteLine();
        page.WriteLine("`scripts/check-plan.sh`, by a sample of 16 MB:");
        foreach (string table in results.Plans)
        {
            page.WriteLine();
            page.WriteLine(table);
        }
    }

    string path = Path.Combine(root, "docs", "performance.md");
    string text = File.ReadAllText(path);
    int begin = text.IndexOf(Begin, StringComparison.Ordinal);
    int end = text.IndexOf(End, Math.Max(begin, 0), StringComparison.Ordinal);
    if (begin < 0 || end < 0)
    {
        throw new InvalidDataException($"{path}: no markers '{Begin}' and '{End}'.");
    }

    File.WriteAllText(path, $"{text[..(begin + Begin.Length)]}\n\n{page}\n{text[end..]}");
    Console.Error.WriteLine(path);
}

void WritePlot()
{
    PlotModel plot = new() { Title = "Training time and memory by text, 2 workers", Background = OxyColors.White };
    plot.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Bottom, Title = "text, MB", Base = 2, Minimum = 50, Maximum = 1200, MajorGridlineStyle = LineStyle.Dot });
    plot.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Left, Title = "seconds", Base = 2, MajorGridlineStyle = LineStyle.Dot });
    plot.Axes.Add(new LinearAxis { Position = AxisPosition.Right, Title = "resident memory, MB", Key = "memory", Minimum = 0 });
    foreach ((string name, Func<Entry, double> value) in (IEnumerable<(string, Func<Entry, double>)>)
        [("start to end", run => run.Wall), .. ((string[])["count", "segment", "vocabulary", "merge", "model"]).Select(phase => (phase, (Func<Entry, double>)(run => run.Seconds[phase])))])
    {
        LineSeries line = new() { Title = name, MarkerType = MarkerType.Circle, MarkerSize = 3 };
        line.Points.AddRange(results.Sizes.Select(run => new DataPoint(run.Megabytes, Math.Max(0.01, value(run)))));
        plot.Series.Add(line);
    }

    LineSeries twice = new() { Title = "2.2 times for twice the text", LineStyle = LineStyle.Dash, Color = OxyColors.Gray };
    Entry first = results.Sizes[0];
    twice.Points.AddRange(results.Sizes.Select(run => new DataPoint(run.Megabytes, first.Wall * Math.Pow(2.2, Math.Log2(run.Megabytes / first.Megabytes)))));
    plot.Series.Add(twice);
    LineSeries memory = new() { Title = "memory (right)", YAxisKey = "memory", LineStyle = LineStyle.Dot, Color = OxyColors.Black, MarkerType = MarkerType.Square, MarkerSize = 3 };
    memory.Points.AddRange(results.Sizes.Select(run => new DataPoint(run.Megabytes, run.Resident)));
    plot.Series.Add(memory);
    plot.Legends.Add(new Legend { LegendPosition = LegendPosition.RightTop, LegendPlacement = LegendPlacement.Outside });
    using FileStream file = File.Create(Path.Combine(root, "docs", "scaling.svg"));
    new SvgExporter { Width = 900, Height = 480 }.Export(plot, file);
}

string Phases(Entry run) => string.Join(" | ", phases.Select(phase => $"{run.Seconds[phase]:0.0}"));

static double Worked(Entry run) => run.Seconds["count"] + run.Seconds["segment"];

/// <summary>One run; sizes in MB, times in seconds.</summary>
internal sealed record Entry(
    double Megabytes, int Workers, string? Memory, Dictionary<string, double> Seconds, double Wall, double Resident, double Disk, Dictionary<string, double> Stages, string Model);

/// <summary>What was measured so far.</summary>
internal sealed record Results
{
    public string Machine { get; set; } = "";

    public double TwoThreads { get; set; }

    public List<Entry> Sizes { get; init; } = [];

    public List<Entry> Workers { get; init; } = [];

    public List<Entry> Budgets { get; init; } = [];

    public List<string> Plans { get; init; } = [];
}

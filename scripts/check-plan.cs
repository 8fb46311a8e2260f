// Behind scripts/check-plan.sh: 'bytemill plan --json' against 'bytemill train' on the same corpus.
#:project Measuring/Measuring.csproj
#:property PublishAot=false
#:property JsonSerializerIsReflectionEnabledByDefault=true

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Bytemill.Measuring;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string root = args[0];
string corpus = args[1];
List<string> options = [.. args[2..]];
double within = 0.3;
if (options.IndexOf("--within") is var at and >= 0)
{
    within = double.Parse(options[at + 1], CultureInfo.InvariantCulture);
    options.RemoveRange(at, 2);
}

if (options.Count == 0)
{
    options = ["--vocab-size", "32000", "--min-count", "8"];
}

string work = Directory.CreateTempSubdirectory("bytemill-check-plan").FullName;
try
{
    JsonElement plan = Plan(["--input", corpus, "--json", "--train-only", "--spill-dir", work, .. options]);
    JobRun run = JobRun.Run(root, Path.Combine(work, "out"), TimeSpan.FromMinutes(9), ["train", "--input", corpus, .. options]);
    JsonElement[] phases = [.. plan.GetProperty("phases").EnumerateArray()];
    Console.WriteLine($"| {run.TextBytes / 1e6:0.0} MB of text, `{string.Join(' ', options)}` | estimate | actual | ratio |");
    Console.WriteLine("|---|---:|---:|---:|");
    foreach (JsonElement phase in phases)
    {
        string name = phase.GetProperty("name").GetString()!;
        Row($"{name}, s", phase.GetProperty("seconds").GetDouble(), run.Seconds[name]);
    }

    double[] totals =
    [
        Row("start to end, s", plan.GetProperty("total_seconds").GetDouble(), run.Wall),
        Row("text, MB", plan.GetProperty("text_bytes").GetDouble() / 1e6, run.TextBytes / 1e6),
        Row("peak resident memory, MB", plan.GetProperty("peak_memory_bytes").GetDouble() / 1e6, run.PeakMemory / 1e6),
        Row("peak disk use, MB", plan.GetProperty("peak_disk_bytes").GetDouble() / 1e6, run.PeakDisk / 1e6),
        Row("n-gram runs, MB", Written("count"), Stage("count")),
        Row("slices of kept n-grams, MB", Written("merge"), Stage("merge")),
        Row("n-gram model, MB", plan.GetProperty("model_bytes").GetDouble() / 1e6, Stage("model")),
        Row("piece runs, MB", Written("segment"), Stage("segment")),
    ];
    if (totals.Any(ratio => ratio < 1 - within || ratio > 1 / (1 - within)))
    {
        Console.Error.WriteLine($"check-plan: a total is off by more than {within * 100:0} %.");
        return 1;
    }

    double Stage(string phase) => run.WrittenBytes.GetValueOrDefault(phase) / 1e6;

    double Written(string name) =>
        phases.Single(phase => phase.GetProperty("name").GetString() == name).GetProperty("disk_written_bytes").GetDouble() / 1e6;
}
finally
{
    Directory.Delete(work, recursive: true);
}

return 0;

static double Row(string name, double estimate, double actual)
{
    Console.WriteLine($"| {name} | {estimate:0.0} | {actual:0.0} | {estimate / actual:0.00} |");
    return estimate / actual;
}

JsonElement Plan(string[] arguments)
{
    ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true };
    foreach (string argument in (string[])[Path.Combine(root, "src", "Bytemill.App", "bin", "publish", "bytemill.dll"), "plan", .. arguments])
    {
        start.ArgumentList.Add(argument);
    }

    using Process process = Process.Start(start)!;
    string text = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return process.ExitCode == 0
        ? JsonDocument.Parse(text).RootElement.Clone()
        : throw new InvalidOperationException($"bytemill plan ended with {process.ExitCode}.");
}

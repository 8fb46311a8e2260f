using System.Diagnostics;
using System.Text.Json;

namespace Bytemill.Measuring;

/// <summary>One run of the program and what it took.</summary>
/// <param name="Seconds">By phase, as its manifest says.</param>
/// <param name="Wall">Seconds from the start of the process to its end.</param>
/// <param name="PeakMemory">Largest resident set in bytes.</param>
/// <param name="PeakDisk">Most bytes in the output directory, work files included, at one time.</param>
/// <param name="WrittenBytes">By phase, bytes of the work files that its tasks committed, as its manifest says.</param>
/// <param name="Manifest">What the job said of itself.</param>
public sealed record JobRun(
    IReadOnlyDictionary<string, double> Seconds, double Wall, double PeakMemory, long PeakDisk, IReadOnlyDictionary<string, long> WrittenBytes, JsonElement Manifest)
{
    private const int PollMilliseconds = 20;

    /// <summary>Bytes of text read.</summary>
    public long TextBytes => Manifest.GetProperty("statistics").GetProperty("text_bytes").GetInt64();

    /// <summary>Of the first model.</summary>
    public string ModelSha256 => Manifest.GetProperty("models")[0].GetProperty("sha256").GetString()!;

    /// <summary>Runs <c>bytemill</c> as scripts/bytemill.sh builds it.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="output">Passed as <c>--output</c>; deleted in the end.</param>
    /// <param name="timeout">The process is ended then, and the run fails.</param>
    /// <param name="arguments">Command and options.</param>
    /// <exception cref="InvalidOperationException">It failed or took too long.</exception>
    public static JobRun Run(string root, string output, TimeSpan timeout, params IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true };
        string program = Path.Combine(root, "src", "Bytemill.App", "bin", "publish", "bytemill.dll");
        foreach (string argument in (string[])[program, .. arguments, "--output", output])
        {
            start.ArgumentList.Add(argument);
        }

        Stopwatch clock = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        Task<string> text = process.StandardOutput.ReadToEndAsync();
        double peakMemory = 0;
        long peakDisk = 0;
        while (!process.WaitForExit(PollMilliseconds))
        {
            peakMemory = Math.Max(peakMemory, PeakOf(process.Id));
            peakDisk = Math.Max(peakDisk, DiskUse(output));
            if (clock.Elapsed > timeout)
            {
                process.Kill();
                throw new InvalidOperationException($"bytemill took longer than {timeout.TotalSeconds:0} s.");
            }
        }

        double wall = clock.Elapsed.TotalSeconds;
        text.GetAwaiter().GetResult();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"bytemill ended with {process.ExitCode}.");
        }

        JsonElement manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(output, "manifest.json"))).RootElement.Clone();
        Directory.Delete(output, recursive: true);
        return new JobRun(
            manifest.GetProperty("phases").EnumerateArray()
                .ToDictionary(phase => phase.GetProperty("name").GetString()!, phase => phase.GetProperty("seconds").GetDouble()),
            wall,
            peakMemory,
            peakDisk,
            manifest.GetProperty("phases").EnumerateArray()
                .ToDictionary(phase => phase.GetProperty("name").GetString()!, phase => phase.GetProperty("written_bytes").GetInt64()),
            manifest);
    }

    // The kernel's own high-water mark; nothing once the process has ended.
    private static double PeakOf(int process)
    {
        try
        {
            string line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal)) ?? "";
            string[] parts = line.Split(' ', '\t').Where(part => part.Length > 0).ToArray();
            return parts.Length < 2 ? 0 : long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) * 1024.0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static long DiskUse(string directory)
    {
        long total = 0;
        try
        {
            foreach (string path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
            {
                FileInfo file = new(path);
                if (!file.Exists)
                {
                    continue;
                }

                total += file.Length;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The job deletes its files while they are listed; the next look is soon.
        }

        return total;
    }
}

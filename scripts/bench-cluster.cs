// Behind scripts/bench-cluster.sh: one job on clusters of 1, 2, 4 and 8 processes with one worker each, in turn, and in the same run what
// two threads of plain independent work gain over one.
#:project Measuring/Measuring.csproj
#:property PublishAot=false

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Bytemill.Measuring;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string root = args[0];
string corpus = args[1];
int runs = int.Parse(args[2], CultureInfo.InvariantCulture);
string[] options = args[3..];
int[] sizes = [1, 2, 4, 8];
const int WarmUps = 3;

Dictionary<int, List<double>> seconds = sizes.ToDictionary(size => size, _ => new List<double>());
Dictionary<int, Dictionary<string, List<double>>> phases = sizes.ToDictionary(size => size, _ => new Dictionary<string, List<double>>());
List<double> gains = [];
string? hash = null;
for (int run = 0; run < runs; run++)
{
    gains.Add(TwoThreads.Calibrate());
    foreach (int size in sizes)
    {
        using var cluster = Cluster.Start(root, size);
        string output = Path.Combine(Path.GetTempPath(), "bytemill-bench-" + Guid.NewGuid().ToString("N"));
        string[] job = ["run", "--cluster", cluster.Seed, "--input", corpus, "--partition-size", "1", .. options];

        // Processes compile what they have called often, and each of eight does an eighth of a job: in their second one compiling still takes
        // a seventh of the processor time, in the fourth nothing.
        for (int i = 0; i < WarmUps; i++)
        {
            JobRun.Run(root, output, TimeSpan.FromMinutes(10), job);
        }

        JobRun measured = JobRun.Run(root, output, TimeSpan.FromMinutes(10), job);
        hash ??= measured.ModelSha256;
        if (hash != measured.ModelSha256)
        {
            throw new InvalidOperationException($"{size} processes made another model.");
        }

        seconds[size].Add(measured.Seconds.Values.Sum());
        foreach ((string phase, double taken) in measured.Seconds)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(phases[size], phase, out _) ??= []).Add(taken);
        }
    }
}

double threads = Median(gains);
double one = Median(seconds[1]);
Console.WriteLine($"Two threads of plain independent work gain {threads:F2} over one here.");
Console.WriteLine("| processes | s | gain over one | of what two threads gain |");
Console.WriteLine("|---:|---:|---:|---:|");
foreach (int size in sizes)
{
    double gain = one / Median(seconds[size]);
    Console.WriteLine($"| {size} | {Median(seconds[size]):F1} | {gain:F2} | {(size == 1 ? "" : $"{gain / threads:P0}")} |");
}

Console.WriteLine();
Console.WriteLine($"| phase, s | {string.Join(" | ", sizes)} |");
Console.WriteLine($"|---|{string.Concat(sizes.Select(_ => "---:|"))}");
foreach (string phase in phases[1].Keys)
{
    Console.WriteLine($"| {phase} | {string.Join(" | ", sizes.Select(size => Median(phases[size][phase]).ToString("F2", CultureInfo.InvariantCulture)))} |");
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

/// <summary>Nodes of one worker each.</summary>
internal sealed class Cluster : IDisposable
{
    private readonly List<Process> _nodes = [];

    private Cluster(string seed) => Seed = seed;

    public string Seed { get; }

    public static Cluster Start(string root, int size)
    {
        var cluster = new Cluster($"127.0.0.1:{FreePort()}");
        for (int i = 0; i < size; i++)
        {
            Process node = Node(root, cluster.Seed, i == 0 ? cluster.Seed.Split(':')[1] : "0");
            cluster._nodes.Add(node);

            // It says so on its output when it is a member.
            if (node.StandardOutput.ReadLine() is null)
            {
                cluster.Dispose();
                throw new InvalidOperationException("A node ended instead of joining.");
            }
        }

        return cluster;
    }

    public void Dispose()
    {
        foreach (Process node in _nodes)
        {
            node.Kill();
            node.WaitForExit();
            node.Dispose();
        }
    }

    private static Process Node(string root, string seed, string port)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string program = Path.Combine(root, "src", "Bytemill.App", "bin", "publish", "bytemill.dll");
        foreach (string argument in (string[])[program, "node", "--workers", "1", "--memory", "512MB", "--port", port, "--seed", seed])
        {
            start.ArgumentList.Add(argument);
        }

        Process node = Process.Start(start)!;
        node.ErrorDataReceived += (_, _) => { };
        node.BeginErrorReadLine();
        return node;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

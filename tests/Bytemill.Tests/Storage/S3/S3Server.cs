using System.Diagnostics;
using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Bytemill.Corpus;

namespace Bytemill.Tests;

/// <summary>
/// A server that speaks S3 (s3rver of npm) on loopback, its data in a directory of its own, for as long as the tests of a collection run. It is installed at
/// its first use, as <c>tests/s3rver/package-lock.json</c> says; the tests are skipped where that cannot be.
/// </summary>
public sealed class S3Server : IAsyncLifetime
{
    public const string AccessKey = "S3RVER";

    private static readonly string s_home = Repository.Find(Path.Combine("tests", "s3rver"));

    private readonly TestDirectory _directory = new();
    private readonly int _port = NodeProcess.FreePorts(1)[0];
    private Process? _server;
    private string? _obstacle;
    private int _buckets;

    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}");

    public int Port => _port;

    /// <summary>An empty bucket; skips the test where there is no server.</summary>
    public string NewBucket()
    {
        Assert.SkipWhen(_obstacle is not null, _obstacle ?? "");
        string name = string.Create(CultureInfo.InvariantCulture, $"bucket-{Interlocked.Increment(ref _buckets)}");
        using AmazonS3Client client = NewClient(Endpoint);
        client.PutBucketAsync(name).GetAwaiter().GetResult();
        return name;
    }

    /// <summary>Variables by which a process finds the server, or what stands before it.</summary>
    /// <param name="endpoint">Address that is spoken to.</param>
    /// <param name="data">Directory for what the program keeps on this machine.</param>
    public static Dictionary<string, string> Environment(string endpoint, string data) => new()
    {
        ["AWS_ENDPOINT_URL_S3"] = endpoint,
        ["AWS_ACCESS_KEY_ID"] = AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = AccessKey,
        ["AWS_REGION"] = "us-east-1",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["XDG_DATA_HOME"] = data,
    };

    internal static AmazonS3Client NewClient(string endpoint, string key = AccessKey) =>
        S3ClientFactory.Create(new BasicAWSCredentials(key, AccessKey), endpoint);

    internal static S3Store NewStore(string endpoint, long cacheBytes = 16 << 20, string key = AccessKey) =>
        new(() => NewClient(endpoint, key), new BlockCache(cacheBytes));

    public async ValueTask InitializeAsync()
    {
        string program = Path.Combine(s_home, "node_modules", "s3rver", "bin", "s3rver.js");
        if (!File.Exists(program) && await RunAsync("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", s_home) is { } failure)
        {
            _obstacle = $"s3rver is not installed, and 'npm ci --prefix tests/s3rver' does not install it: {failure}";
            return;
        }

        try
        {
            // Its tokens of listings are made with a cipher that OpenSSL 3 has put aside.
            _server = Start("node", "--openssl-legacy-provider", program, "--directory", _directory.Path, "--address", "127.0.0.1", "--port", _port.ToString(CultureInfo.InvariantCulture), "--silent", "--no-vhost-buckets");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            _obstacle = $"node does not run: {e.Message}";
            return;
        }

        using HttpClient http = new();
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(new Uri(Endpoint), TestContext.Current.CancellationToken);
                break;
            }
            catch (HttpRequestException) when (!_server.HasExited && clock.Elapsed < TimeSpan.FromMinutes(1))
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }

        // For what this process itself reads of s3://.
        foreach ((string name, string value) in Environment(Endpoint, _directory["data"]).Where(variable => variable.Key.StartsWith("AWS_", StringComparison.Ordinal)))
        {
            System.Environment.SetEnvironmentVariable(name, value);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _server.Kill(entireProcessTree: true);
            await _server.WaitForExitAsync(CancellationToken.None);
            _server.Dispose();
        }

        _directory.Dispose();
    }

    private static Process Start(params string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task<string?> RunAsync(params string[] command)
    {
        try
        {
            using Process process = Start(command);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"it ended with {process.ExitCode}");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}

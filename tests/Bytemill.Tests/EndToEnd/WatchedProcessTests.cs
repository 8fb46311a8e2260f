using System.Net;
using System.Text.Json;
using Bytemill.Web.Telemetry;

namespace Bytemill.Tests;

/// <summary>A node in a process of its own, as those who supervise it see it.</summary>
[Collection(CommandTests.Name)]
public sealed class WatchedProcessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Node_AnswersForItsHealthAndMetrics_AndLogsJson()
    {
        using var directory = new TestDirectory();
        string seed = NodeProcess.FreeAddress();
        string token = Path.Combine(directory.Path, "token");
        await File.WriteAllTextAsync(token, "0123456789abcdef", Cancellation);
        await using BytemillProcess node = BytemillProcess.Start(
            "node", "--port", seed.Split(':')[1], "--seed", seed, "--http", "0", "--http-token-file", token, "--log-format", "json", "--workers", "1");
        using JsonDocument announced = JsonDocument.Parse(await node.FirstLineAsync());
        using var http = new HttpClient { BaseAddress = new Uri(announced.RootElement.GetProperty("http").GetString()!) };

        // The coordinator begins a moment after its node is up.
        while ((await StatusAsync(http, TelemetryHosting.ReadinessPath)) != HttpStatusCode.OK)
        {
            await Task.Delay(50, Cancellation);
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, TelemetryHosting.LivenessPath));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, TelemetryHosting.MetricsPath));
        http.DefaultRequestHeaders.Authorization = new("Bearer", "0123456789abcdef");
        Assert.Contains("bytemill_workers", await http.GetStringAsync(TelemetryHosting.MetricsPath, Cancellation), StringComparison.Ordinal);

        await node.ErrorLineAsync("Worker {WorkerId} joined");
        string line = node.Errors.First(error => error.Contains("Worker {WorkerId} joined", StringComparison.Ordinal));
        using JsonDocument entry = JsonDocument.Parse(line);
        Assert.Equal(("Information", $"{seed}/worker-0"), (
            entry.RootElement.GetProperty("LogLevel").GetString(), entry.RootElement.GetProperty("State").GetProperty("WorkerId").GetString()));
        Assert.StartsWith($"Worker {seed}/worker-0 joined", entry.RootElement.GetProperty("Message").GetString(), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using HttpResponseMessage response = await http.GetAsync(path, Cancellation);
        return response.StatusCode;
    }
}

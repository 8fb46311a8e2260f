using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Akka.Actor;
using Bytemill.Pipeline;
using Bytemill.Training;
using Bytemill.Web.Telemetry;
using YamlDotNet.Serialization;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.Tests;

/// <summary>Metrics, traces and health of a real node, and whether dashboards and docs speak of what there is.</summary>
[Collection(ObservationTests.Name)]
public sealed partial class TelemetryTests : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Metrics_AfterAJob_AreThoseOfDashboardsAndDocs()
    {
        await using MonitoredNode node = await MonitoredNode.StartAsync();
        await RunJobAsync(node, "job-1");

        // How far a job is, is told of those that have not ended.
        var paused = new JobSpec { Mode = JobMode.Train, Inputs = [_directory["in"]], OutputDirectory = _directory["paused"] };
        await node.Jobs.AskAsync<JobAccepted>(new SubmitJob("job-p", paused), s_timeout, Cancellation);
        await node.Jobs.AskAsync<JobReported>(new PauseJob("job-p"), s_timeout, Cancellation);
        string text = await ScrapeAsync(node);

        Assert.Equal(2, ValueOf(text, "bytemill_workers"));
        Assert.True(ValueOf(text, "bytemill_text_bytes_total", "phase=\"count\"") > 1000, text);

        // Counters are of the process, in which jobs of other tests have run.
        Assert.True(ValueOf(text, "bytemill_rows_total", "phase=\"count\"") >= 200, text);
        Assert.True(ValueOf(text, "bytemill_tasks_total", "outcome=\"done\"", "phase=\"merge\"") >= 1, text);
        Assert.Equal(1, ValueOf(text, "bytemill_jobs", "status=\"paused\""));
        Assert.True(ValueOf(text, "bytemill_journal_events_total") > 10, text);
        Assert.True(ValueOf(text, "bytemill_memory_resident_bytes") > 1 << 20, text);

        string[] names = [.. SampleName().Matches(text).Select(match => match.Groups[1].Value).Distinct()];
        string[] asked = [.. DashboardQueries().SelectMany(query => MetricName().Matches(query).Select(match => match.Value)).Distinct()];
        Assert.True(asked.Length > 15, string.Join(' ', asked));
        Assert.Empty(asked.Except(names));

        // The docs name all of ours, and no others.
        string page = await File.ReadAllTextAsync(Repository.Find("docs/operations.md"), Cancellation);
        string[] documented = [.. DocumentedMetric().Matches(page).Select(match => match.Groups[1].Value)];
        string[] ours = [.. TypeLine().Matches(text).Select(match => match.Groups[1].Value).Where(name => name.StartsWith("bytemill_", StringComparison.Ordinal)).Distinct()];
        Assert.Equal(ours.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Trace_OfAJob_HasASpanForEachPhaseAndTask_AndGoesToTheCollector()
    {
        ActivityTraceId trace = JobTracer.TraceOf("job-2");
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PipelineTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == trace)
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using (MonitoredNode node = await MonitoredNode.StartAsync())
        {
            await RunJobAsync(node, "job-2");
            await node.StopAsync();
            Assert.Contains(node.Collected, sent => sent.Path == "metrics" && sent.Body.Contains("bytemill.text", StringComparison.Ordinal));
            string traces = string.Concat(node.Collected.Where(sent => sent.Path == "traces").Select(sent => sent.Body));
            Assert.All(["job-2", "phase count", "task segment", "phase finish"], name => Assert.Contains(name, traces, StringComparison.Ordinal));
        }

        Activity job = Assert.Single(spans, span => span.OperationName == "job");
        Assert.Equal(default, job.ParentSpanId);
        Assert.Equal("Completed", job.GetTagItem("bytemill.end"));
        Activity[] phases = [.. spans.Where(span => span.OperationName.StartsWith("phase ", StringComparison.Ordinal))];
        Assert.All(phases, phase => Assert.Equal(job.SpanId, phase.ParentSpanId));
        Assert.Equal(
            ["phase plan", "phase count", "phase merge", "phase model", "phase segment", "phase vocabulary", "phase tokenize", "phase finish"],
            phases.OrderBy(phase => phase.StartTimeUtc).Select(phase => phase.OperationName));
        Activity[] tasks = [.. spans.Where(span => span.OperationName.StartsWith("task ", StringComparison.Ordinal))];
        Assert.True(tasks.Length > phases.Length);
        Assert.All(tasks, task => Assert.Equal(
            phases.Single(phase => phase.OperationName == "phase " + task.OperationName["task ".Length..]).SpanId, task.ParentSpanId));
    }

    [Fact]
    public async Task Health_OfANode_IsThatOfItsActorSystem()
    {
        await using MonitoredNode node = await MonitoredNode.StartAsync();
        await NodeUpAsync(node.System);
        (HttpStatusCode status, string text) = await GetAsync(node, TelemetryHosting.ReadinessPath);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("the coordinator is on 127.0.0.1:", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(node, TelemetryHosting.LivenessPath)).Status);

        var cluster = Akka.Cluster.Cluster.Get(node.System);
        cluster.Leave(cluster.SelfAddress);
        await node.System.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        (status, text) = await GetAsync(node, TelemetryHosting.LivenessPath);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "The actor system has ended: start the node anew."), (status, text));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync(node, TelemetryHosting.ReadinessPath)).Status);
    }

    [Fact]
    public void Prometheus_AsksTheNodesOfTheComposeFileForTheirMetrics()
    {
        Dictionary<string, object> prometheus = ReadYaml("cluster-config/prometheus.yml");
        var job = (Dictionary<object, object>)((List<object>)prometheus["scrape_configs"]).Single();
        Assert.Equal(TelemetryHosting.MetricsPath, job["metrics_path"]);
        var targets = (Dictionary<object, object>)((List<object>)job["static_configs"]).Single();
        string[] asked = [.. ((List<object>)targets["targets"]).Cast<string>()];
        var services = (Dictionary<object, object>)ReadYaml("docker-compose.yml")["services"];
        string[] nodes = [.. services.Keys.Cast<string>().Where(name => name.StartsWith("node", StringComparison.Ordinal)).Select(name => name + ":4080")];
        Assert.Equal(3, nodes.Length);
        Assert.Equal(nodes, asked);
    }

    [Fact]
    public void Compose_MountsFilesThatThereAre()
    {
        var services = (Dictionary<object, object>)ReadYaml("docker-compose.yml")["services"];
        Assert.Superset(
            new HashSet<string>(["db", "store", "prometheus", "grafana", "node1", "node2", "node3"]), services.Keys.Cast<string>().ToHashSet());
        string[] sources =
        [
            .. services.Values.Cast<Dictionary<object, object>>()
                .SelectMany(service => service.TryGetValue("volumes", out object? volumes) ? (List<object>)volumes : [])
                .Cast<string>().Select(volume => volume.Split(':')[0]).Where(source => source.StartsWith("./cluster-config/", StringComparison.Ordinal)),
        ];
        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.True(Path.Exists(Repository.Find(source[2..]))));
        Dictionary<string, object> provider = ReadYaml("cluster-config/grafana/provisioning/dashboards/bytemill.yml");
        Assert.Contains("/var/lib/grafana/dashboards", JsonSerializer.Serialize(provider), StringComparison.Ordinal);
    }

    private async Task RunJobAsync(MonitoredNode node, string id)
    {
        await NodeUpAsync(node.System);
        TestCorpus.Write(_directory["in"], [.. Enumerable.Range(0, 200).Select(i => $"some text {i} and more of it {i * 31}")], files: 4, rowsPerGroup: 10);
        var spec = new JobSpec
        {
            Mode = JobMode.Run,
            Inputs = [_directory["in"]],
            OutputDirectory = _directory["out"],
            Training = new TrainerOptions { MaxVocabSizes = [300], MinCount = 1 },
            PartitionBytes = 1000,
            NGramShards = 2,
            PieceShards = 2,
        };
        IWireMessage end = await node.Jobs.RunAsync(id, spec, 0, _ => { }, Cancellation);
        Assert.True(end is JobCompleted, end.ToString());
    }

    private static async Task NodeUpAsync(ActorSystem system)
    {
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Akka.Cluster.Cluster.Get(system).RegisterOnMemberUp(up.SetResult);
        await up.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    // The coordinator's figures are taken once a second, and how long requests take is known after the first one.
    private static async Task<string> ScrapeAsync(MonitoredNode node)
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            string text = await node.Http.GetStringAsync(TelemetryHosting.MetricsPath, Cancellation);
            if (ValueOf(text, "bytemill_jobs", "status=\"paused\"") == 1 && text.Contains("http_server_request_duration_seconds_count{", StringComparison.Ordinal))
            {
                return text;
            }

            Assert.True(Stopwatch.GetElapsedTime(begin) < s_timeout, text);
            await Task.Delay(100, Cancellation);
        }
    }

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(MonitoredNode node, string path)
    {
        using HttpResponseMessage response = await node.Http.GetAsync(path, Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private static double? ValueOf(string text, string name, params string[] labels) => text.Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && labels.All(label => line.Contains(label, StringComparison.Ordinal)))
        .Select(line => (double?)double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], System.Globalization.CultureInfo.InvariantCulture))
        .FirstOrDefault();

    private static string[] DashboardQueries()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Repository.Find("cluster-config/grafana/dashboards/bytemill.json")));
        string[] queries =
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .Where(panel => panel.TryGetProperty("targets", out _))
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => target.GetProperty("expr").GetString()!),
        ];
        Assert.All(queries, query => Assert.Matches(MetricName(), query));
        return queries;
    }

    private static Dictionary<string, object> ReadYaml(string path) =>
        new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(new YamlDotNet.Core.MergingParser(new YamlDotNet.Core.Parser(new StringReader(File.ReadAllText(Repository.Find(path))))));

    [GeneratedRegex(@"^([a-z_]+)\{", RegexOptions.Multiline)]
    private static partial Regex SampleName();

    [GeneratedRegex(@"^# TYPE ([a-z_]+) ", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"\b(?:bytemill|dotnet|http_server)_[a-z_]+\b")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"^\| `(bytemill_[a-z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex DocumentedMetric();
}

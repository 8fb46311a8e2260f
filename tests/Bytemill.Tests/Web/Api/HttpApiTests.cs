using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Bytemill.Tokenization;
using Bytemill.Web.Api;

namespace Bytemill.Tests;

[Collection(CommandTests.Name)]
public sealed class HttpApiTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Job_SubmittedTwice_IsDoneOnceAndItsResultsAreServed()
    {
        using var directory = new TestDirectory();
        string job = TestJob(directory, "out");
        await using WebNode node = await WebNode.StartAsync();

        HttpResponseMessage first = await node.PostAsync("/api/v1/jobs", job, key: "my-job");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal("/api/v1/jobs/my-job", first.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, (await node.PostAsync("/api/v1/jobs", job, key: "my-job")).StatusCode);
        Assert.Equal("#/id", Assert.Single(await WebNode.PointersAsync(
            await node.PostAsync("/api/v1/jobs", job.Replace("{\"", "{\"id\":\"other\",\"", StringComparison.Ordinal), key: "my-job"), HttpStatusCode.UnprocessableEntity)));
        await WebNode.ProblemAsync(await node.PostAsync("/api/v1/jobs", TestJob(directory, "elsewhere"), key: "my-job"), HttpStatusCode.Conflict);

        JobDetails end = await node.EndOfAsync("my-job");
        Assert.True(end.Job.Status == "completed", end.ToString());
        Assert.Equal(HttpStatusCode.OK, (await node.PostAsync("/api/v1/jobs", job, key: "my-job")).StatusCode);
        JobList list = await node.GetAsync("/api/v1/jobs", BytemillJson.Default.JobList);
        Assert.Equal(("my-job", 1), (Assert.Single(list.Jobs).Id, list.MaxRunning));
        Assert.Empty((await node.GetAsync("/api/v1/jobs?status=waiting", BytemillJson.Default.JobList)).Jobs);
        Assert.Equal("run", (await node.GetAsync("/api/v1/jobs/my-job", BytemillJson.Default.JobDetails)).Job.Mode);

        JobStatistics statistics = await node.GetAsync("/api/v1/jobs/my-job/statistics", BytemillJson.Default.JobStatistics);
        Assert.Equal((60L, 2), (statistics.Statistics.Rows, statistics.OutputFiles));
        Assert.Equal(await File.ReadAllBytesAsync(directory["out/manifest.json"], Cancellation), await node.Client.GetByteArrayAsync("/api/v1/jobs/my-job/manifest", Cancellation));
        Assert.Equal(await File.ReadAllBytesAsync(directory["out/model.bytemill"], Cancellation), await node.Client.GetByteArrayAsync("/api/v1/jobs/my-job/model", Cancellation));
        await WebNode.ProblemAsync(await node.Client.GetAsync("/api/v1/jobs/my-job/model?size=7", Cancellation), HttpStatusCode.NotFound);
        await CheckWatchingAsync(node);
        await CheckModelAsync(node, directory["out/model.bytemill"]);
    }

    [Fact]
    public async Task Job_IsPausedResumedPrioritizedAndCancelled()
    {
        using var directory = new TestDirectory();
        await using WebNode node = await WebNode.StartAsync();
        Assert.Equal(HttpStatusCode.Created, (await node.PostAsync("/api/v1/jobs", TestJob(directory, "out", documents: 20_000), key: "a")).StatusCode);
        Assert.Equal("paused", (await node.PostAsync("/api/v1/jobs/a/pause", "", BytemillJson.Default.JobDetails)).Job.Status);
        using (var priority = new HttpRequestMessage(HttpMethod.Put, "/api/v1/jobs/a/priority") { Content = new StringContent("""{"priority":9}""", System.Text.Encoding.UTF8, "application/json") })
        {
            Assert.Equal(HttpStatusCode.OK, (await node.Client.SendAsync(priority, Cancellation)).StatusCode);
        }

        Assert.Equal(9, (await node.GetAsync("/api/v1/jobs/a", BytemillJson.Default.JobDetails)).Job.Priority);
        Assert.True((await node.PostAsync("/api/v1/jobs/a/resume", "", BytemillJson.Default.JobDetails)).Job.Status is "waiting" or "running");
        await WebNode.ProblemAsync(await node.Client.GetAsync("/api/v1/jobs/a/statistics", Cancellation), HttpStatusCode.Conflict);
        Assert.Equal("cancelled", (await node.PostAsync("/api/v1/jobs/a/cancel", "", BytemillJson.Default.JobDetails)).Job.Status);
        await WebNode.ProblemAsync(await node.PostAsync("/api/v1/jobs/a/pause", ""), HttpStatusCode.Conflict);
        Assert.False(Directory.Exists(directory["out/_bytemill"]));
    }

    [Theory]
    [InlineData("GET", "/api/v1/jobs/none")]
    [InlineData("POST", "/api/v1/jobs/none/pause")]
    [InlineData("POST", "/api/v1/jobs/none/resume")]
    [InlineData("POST", "/api/v1/jobs/none/cancel")]
    [InlineData("GET", "/api/v1/jobs/none/statistics")]
    [InlineData("GET", "/api/v1/jobs/none/manifest")]
    [InlineData("GET", "/api/v1/jobs/none/model")]
    [InlineData("GET", "/api/v1/jobs/none/stream")]
    [InlineData("GET", "/api/v1/jobs/none/tasks")]
    [InlineData("GET", "/api/v1/jobs/none/attempts")]
    [InlineData("GET", "/api/v1/jobs/none/events")]
    [InlineData("GET", "/api/v1/jobs/none/logs")]
    [InlineData("GET", "/api/v1/nothing")]
    [InlineData("POST", "/api/v1/models/none/encode", """{"texts":[]}""")]
    [InlineData("POST", "/api/v1/models/none/decode", """{"ids":[]}""")]
    [InlineData("POST", "/api/v1/models/none/continue", """{"text":""}""")]
    [InlineData("PUT", "/api/v1/jobs/none/priority", """{"priority":1}""")]
    public async Task Request_OfWhatIsNotThere_IsAProblem(string method, string path, string? body = null)
    {
        await using WebNode node = await WebNode.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        await WebNode.ProblemAsync(await node.Client.SendAsync(request, Cancellation), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Request_ThatIsWrong_IsAProblem()
    {
        await using WebNode node = await WebNode.StartAsync();
        Assert.Equal(["#"], await WebNode.PointersAsync(await node.PostAsync("/api/v1/jobs", "{"), HttpStatusCode.BadRequest));
        Assert.Equal(["#/order"], await WebNode.PointersAsync(await node.PostAsync("/api/v1/jobs", """{"order":"x"}"""), HttpStatusCode.BadRequest));
        Assert.Equal(["#/inputs", "#/output"], await WebNode.PointersAsync(await node.PostAsync("/api/v1/jobs", "{}"), HttpStatusCode.UnprocessableEntity));
        Assert.Equal(["#/inputs"], await WebNode.PointersAsync(
            await node.PostAsync("/api/v1/jobs", """{"inputs":["/not/there/*.parquet"],"output":"/tmp/nowhere"}"""), HttpStatusCode.UnprocessableEntity));
        Assert.Equal(["#/id"], await WebNode.PointersAsync(
            await node.PostAsync("/api/v1/jobs", """{"inputs":["/a"],"output":"/o"}""", key: "a/b"), HttpStatusCode.UnprocessableEntity));
        using var text = new StringContent("{}", System.Text.Encoding.UTF8, "text/plain");
        await WebNode.ProblemAsync(await node.Client.PostAsync("/api/v1/jobs", text, Cancellation), HttpStatusCode.UnsupportedMediaType);
        await WebNode.ProblemAsync(await node.Client.DeleteAsync("/api/v1/jobs", Cancellation), HttpStatusCode.MethodNotAllowed);
        await WebNode.ProblemAsync(await node.Client.GetAsync("/api/v1/jobs?status=lost", Cancellation), HttpStatusCode.UnprocessableEntity);

        using var large = new ByteArrayContent(new byte[9 << 20]);
        large.Headers.ContentType = new("application/json");
        try
        {
            await WebNode.ProblemAsync(await node.Client.PostAsync("/api/v1/jobs", large, Cancellation), HttpStatusCode.RequestEntityTooLarge);
        }
        catch (HttpRequestException)
        {
            // The node hangs up on who goes on sending.
        }
    }

    [Fact]
    public async Task Token_IsAskedForEverywhere()
    {
        const string Token = "0123456789abcdef0123";
        await using WebNode node = await WebNode.StartAsync(options => options with { Http = options.Http with { Token = Token } });
        foreach (string path in new[] { "/api/v1/jobs", "/openapi/v1.json", "/api/v1/stream", "/", "/_framework/blazor.web.js" })
        {
            HttpResponseMessage refused = await node.Client.GetAsync(path, Cancellation);
            await WebNode.ProblemAsync(refused, HttpStatusCode.Unauthorized);
            Assert.Equal("Bearer", Assert.Single(refused.Headers.WwwAuthenticate).Scheme);
        }

        node.UseToken("0123456789abcdef0124");
        await WebNode.ProblemAsync(await node.Client.GetAsync("/api/v1/jobs", Cancellation), HttpStatusCode.Unauthorized);
        node.UseToken(Token);
        await node.GetAsync("/api/v1/jobs", BytemillJson.Default.JobList);
    }

    [Fact]
    public async Task Token_GivenByABrowserOnce_BecomesAPass()
    {
        const string Token = "0123456789abcdef0123";
        await using WebNode node = await WebNode.StartAsync(options => options with { Http = options.Http with { Token = Token } });
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, UseCookies = true };
        using var browser = new HttpClient(handler) { BaseAddress = new Uri(node.Address) };
        browser.DefaultRequestHeaders.Add("Accept", "text/html");
        HttpResponseMessage sent = await browser.GetAsync("/cluster?x=1", Cancellation);
        Assert.Equal((HttpStatusCode.Found, "/token?to=%2Fcluster%3Fx%3D1"), (sent.StatusCode, sent.Headers.Location!.ToString()));
        Assert.Contains("value=\"/cluster?x=1\"", await browser.GetStringAsync(sent.Headers.Location, Cancellation), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Forbidden, (await EnterAsync(browser, "wrong", "/cluster")).StatusCode);
        HttpResponseMessage entered = await EnterAsync(browser, Token, "/cluster");
        Assert.Equal((HttpStatusCode.Found, "/cluster"), (entered.StatusCode, entered.Headers.Location!.ToString()));
        string cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Token, cookie, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/v1/jobs", Cancellation)).StatusCode);
        Assert.Equal("/", (await EnterAsync(browser, Token, "//elsewhere.example")).Headers.Location!.ToString());

        HttpStatusCode[] guesses = await Task.WhenAll(Enumerable.Range(0, 30).Select(async _ => (await EnterAsync(browser, "guess", "/")).StatusCode));
        Assert.Contains(HttpStatusCode.TooManyRequests, guesses);
    }

    [Fact]
    public async Task Requests_TooManyAtOnce_AreTurnedAway()
    {
        await using WebNode node = await WebNode.StartAsync();
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 1500).Select(_ => node.Client.GetAsync("/api/v1/models", Cancellation)));
        HttpResponseMessage away = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.NotNull(away.Headers.RetryAfter);
        await WebNode.ProblemAsync(away, HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Request_OfAnotherSitesPage_IsRefused()
    {
        await using WebNode node = await WebNode.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/jobs/a/cancel");
        request.Headers.Add("Origin", "http://elsewhere.example");
        await WebNode.ProblemAsync(await node.Client.SendAsync(request, Cancellation), HttpStatusCode.Forbidden);
        using var own = new HttpRequestMessage(HttpMethod.Get, "/api/v1/jobs");
        own.Headers.Add("Origin", node.Address);
        Assert.Equal(HttpStatusCode.OK, (await node.Client.SendAsync(own, Cancellation)).StatusCode);

        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/api/v1/jobs");
        rebound.Headers.Host = "elsewhere.example";
        Assert.Equal(HttpStatusCode.BadRequest, (await node.Client.SendAsync(rebound, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Stream_TellsOfJobsAndMembersAndEndsWithTheNode()
    {
        using var directory = new TestDirectory();
        await using WebNode node = await WebNode.StartAsync();
        using Stream stream = await node.Client.GetStreamAsync("/api/v1/stream", Cancellation);
        IAsyncEnumerator<SseItem<string>> items = SseParser.Create(stream).EnumerateAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.Equal(HttpStatusCode.Created, (await node.PostAsync("/api/v1/jobs", TestJob(directory, "out"), key: "seen")).StatusCode);
        bool hasJob = false;
        bool hasMember = false;
        while (!(hasJob && hasMember))
        {
            Assert.True(await items.MoveNextAsync());
            hasJob |= items.Current.EventType == "jobs" && JsonSerializer.Deserialize(items.Current.Data, BytemillJson.Default.JobList)!.Jobs.Any(job => job.Id == "seen");
            hasMember |= items.Current.EventType == "cluster"
                && JsonSerializer.Deserialize(items.Current.Data, BytemillJson.Default.ClusterInfo)!.Members is [{ IsSelf: true, Status: "up" }];
        }

        await node.EndOfAsync("seen");
        await items.DisposeAsync();
    }

    [Fact]
    public async Task Document_DescribesEveryEndpoint()
    {
        await using WebNode node = await WebNode.StartAsync();
        HttpResponseMessage answer = await node.Client.GetAsync("/openapi/v1.json", Cancellation);
        using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.StartsWith("3.", document.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        string[] operations =
        [
            .. document.RootElement.GetProperty("paths").EnumerateObject()
                .SelectMany(path => path.Value.EnumerateObject().Select(operation => operation.Value.GetProperty("operationId").GetString()!)).Order(StringComparer.Ordinal),
        ];
        Assert.Equal(
            [
                "CancelJob", "Continue", "Decode", "Encode", "FetchManifest", "FetchModel", "FollowCluster", "FollowJob", "ListAttempts", "ListEvents",
                "ListJobs", "ListModels", "ListNodes", "ListTasks", "PauseJob", "PrioritizeJob", "ResumeJob", "ShowCluster", "ShowJob", "ShowLog", "ShowStatistics", "SubmitJob",
            ],
            operations);
        JsonElement request = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("JobRequest").GetProperty("properties");
        Assert.True(request.TryGetProperty("max_piece_length", out _));
        Assert.NotNull((await node.Client.GetAsync("/api/v1/cluster", Cancellation)).Headers.GetValues("Bytemill-Version").Single());
    }

    private static async Task CheckWatchingAsync(WebNode node)
    {
        TaskList tasks = await node.GetAsync("/api/v1/jobs/my-job/tasks?stage=1&count=5", BytemillJson.Default.TaskList);
        Assert.Equal((1, "done"), (tasks.Stage, Assert.Single(tasks.Tasks.Select(task => task.State).Distinct())));
        Assert.All(tasks.Stages, stage => Assert.Equal(stage.Tasks, stage.Done));
        Assert.Empty((await node.GetAsync("/api/v1/jobs/my-job/tasks?state=running", BytemillJson.Default.TaskList)).Tasks);
        AttemptList attempts = await node.GetAsync("/api/v1/jobs/my-job/attempts", BytemillJson.Default.AttemptList);
        Assert.True(attempts.Tasks.IsEmpty && attempts.Poison is null);
        EventList events = await node.GetAsync("/api/v1/jobs/my-job/events", BytemillJson.Default.EventList);
        Assert.Equal(events.LastSequence, events.Events[^1].Sequence);
        Assert.Empty((await node.GetAsync($"/api/v1/jobs/my-job/events?after={events.LastSequence}&epoch={events.Epoch}", BytemillJson.Default.EventList)).Events);
        string[] lines = (await node.Client.GetStringAsync("/api/v1/jobs/my-job/logs", Cancellation)).TrimEnd('\n').Split('\n');
        Assert.Equal(events.Events.Select(happened => happened.ToLine()), lines);
        await WebNode.ProblemAsync(await node.Client.GetAsync("/api/v1/jobs/my-job/tasks?state=lost", Cancellation), HttpStatusCode.UnprocessableEntity);
        await WebNode.ProblemAsync(await node.Client.GetAsync("/api/v1/jobs/my-job/tasks?count=100000", Cancellation), HttpStatusCode.UnprocessableEntity);
        NodeList nodes = await node.GetAsync("/api/v1/cluster/nodes", BytemillJson.Default.NodeList);
        Assert.Equal((2, nodes.Coordinator), (Assert.Single(nodes.Nodes).Workers, nodes.Nodes[0].Address));
    }

    private static async Task CheckModelAsync(WebNode node, string path)
    {
        var tokenizer = Tokenizer.Load(path);
        const string Text = "what a text, 自由 🙂";
        string body = JsonSerializer.Serialize(new { texts = new[] { Text, "" }, pieces = true });

        // The shelf hears of the job a moment after the stream.
        while ((await node.GetAsync("/api/v1/models", BytemillJson.Default.ModelList)).Models.IsEmpty)
        {
            await Task.Delay(50, Cancellation);
        }

        EncodeAnswer encoded = await node.PostAsync("/api/v1/models/my-job/encode", body, BytemillJson.Default.EncodeAnswer);
        Assert.Equal(tokenizer.Encode(Text), encoded.Ids[0]);
        Assert.Empty(encoded.Ids[1]);
        Assert.Equal(encoded.Ids[0].Length, encoded.Pieces!.Value[0].Length);
        string ids = JsonSerializer.Serialize(new { ids = encoded.Ids });
        Assert.Equal([Text, ""], (await node.PostAsync("/api/v1/models/my-job/decode", ids, BytemillJson.Default.DecodeAnswer)).Texts);
        ContinueAnswer continued = await node.PostAsync("/api/v1/models/my-job/continue", """{"text":"what"}""", BytemillJson.Default.ContinueAnswer);
        Assert.Equal(tokenizer.Continue("what"u8).Kept, continued.Kept);

        Assert.Equal(["#/ids/1"], await WebNode.PointersAsync(await node.PostAsync("/api/v1/models/my-job/decode", """{"ids":[[],[1000000]]}"""), HttpStatusCode.UnprocessableEntity));
        Assert.Equal(["#/special/0"], await WebNode.PointersAsync(
            await node.PostAsync("/api/v1/models/my-job/encode", """{"texts":[],"special":["<none>"]}"""), HttpStatusCode.UnprocessableEntity));
        Assert.Equal(["#/sampling"], await WebNode.PointersAsync(
            await node.PostAsync("/api/v1/models/my-job/encode", """{"texts":[],"sampling":"dice"}"""), HttpStatusCode.UnprocessableEntity));
        Assert.Equal(["#/texts"], await WebNode.PointersAsync(await node.PostAsync("/api/v1/models/my-job/encode", "{}"), HttpStatusCode.UnprocessableEntity));
    }

    private static Task<HttpResponseMessage> EnterAsync(HttpClient browser, string token, string to) =>
        browser.PostAsync("/token", new FormUrlEncodedContent([KeyValuePair.Create("token", token), KeyValuePair.Create("to", to)]), Cancellation);

    private static string TestJob(TestDirectory directory, string output, int documents = 60)
    {
        if (!Directory.Exists(directory["in"]))
        {
            TestCorpus.Write(directory["in"], [.. Enumerable.Range(0, documents).Select(i => $"document {i} of a text, 自由软件 {i * i}")], files: 2, rowsPerGroup: 20);
        }

        return JsonSerializer.Serialize(new { inputs = new[] { directory["in"] }, output = directory[output], vocab_size = 300, shards = 2 });
    }
}

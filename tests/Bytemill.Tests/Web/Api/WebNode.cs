using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Akka.Actor;
using Bytemill.App;
using Bytemill.Pipeline;
using Bytemill.Web.Api;
using Bytemill.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bytemill.Tests;

/// <summary>A node in this process that serves HTTP on a free port, with a client.</summary>
internal sealed class WebNode : IAsyncDisposable
{
    private readonly IHost _host;

    private WebNode(IHost host, string address)
    {
        _host = host;
        Address = address;
        Client = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(1) };
    }

    public string Address { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _host.Services;

    public static async Task<WebNode> StartAsync(Func<NodeOptions, NodeOptions>? change = null)
    {
        var node = new NodeOptions { Workers = 2, MemoryBytes = 4 << 20, Http = new HttpOptions { IsOn = true, Port = 0 } };
        node = change?.Invoke(node) ?? node;
        IHost host = await NodeHost.StartAsync(node, NodeLogging.WarningsOnly);
        await NodeHost.JoinedAsync(host.Services.GetRequiredService<ActorSystem>(), node, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return new WebNode(host, host.FindHttpAddress()!);
    }

    public void UseToken(string token) => Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    /// <summary>Asks for something; the answer must have this status.</summary>
    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, HttpStatusCode expected = HttpStatusCode.OK) =>
        await ReadAsync(await Client.GetAsync(path, TestContext.Current.CancellationToken), type, expected);

    /// <summary>Sends JSON; the answer must have this status.</summary>
    public async Task<T> PostAsync<T>(string path, string json, JsonTypeInfo<T> type, HttpStatusCode expected = HttpStatusCode.OK) =>
        await ReadAsync(await PostAsync(path, json), type, expected);

    public Task<HttpResponseMessage> PostAsync(string path, string json, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The problem that an answer tells.</summary>
    public static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        string body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == answer.StatusCode, $"{answer.StatusCode}: {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        JsonElement problem = JsonDocument.Parse(body).RootElement.Clone();
        Assert.Equal((int)expected, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        return problem;
    }

    /// <summary>The fields that an answer finds fault with.</summary>
    public static async Task<string[]> PointersAsync(HttpResponseMessage answer, HttpStatusCode expected) =>
        [.. (await ProblemAsync(answer, expected)).GetProperty("errors").EnumerateArray().Select(fault => fault.GetProperty("pointer").GetString()!)];

    /// <summary>A job that is over.</summary>
    public async Task<JobDetails> EndOfAsync(string jobId)
    {
        using Stream stream = await Client.GetStreamAsync($"/api/v1/jobs/{jobId}/stream", TestContext.Current.CancellationToken);
        JobDetails? last = null;
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            last = JsonSerializer.Deserialize(item.Data, BytemillJson.Default.JobDetails);
            if (item.EventType == "end")
            {
                return last!;
            }
        }

        throw new InvalidOperationException($"The stream ended before the job, which was: {last}");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, HttpStatusCode expected)
    {
        string body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == answer.StatusCode, $"{answer.StatusCode}: {body}");
        return JsonSerializer.Deserialize(body, type)!;
    }
}

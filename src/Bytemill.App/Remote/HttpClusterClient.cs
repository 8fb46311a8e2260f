using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bytemill.Pipeline;
using Bytemill.Web.Api;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Bytemill.App;

/// <summary>Asks a web node of a cluster over HTTP; what gets lost is asked again, since every request may be repeated.</summary>
internal sealed class HttpClusterClient : IClusterClient
{
    // Half a minute and the time of the answers: as long as another node takes to become the coordinator.
    private const int MostRetries = 6;

    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(500);

    // While another node takes over as coordinator, streams break and come back.
    private static readonly TimeSpan s_streamWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_longestSilence = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client;
    private readonly Uri _address;

    /// <param name="address"><c>http://host:port</c>.</param>
    /// <param name="token">The cluster's token; <c>null</c> where it wants none.</param>
    public HttpClusterClient(Uri address, string? token)
    {
        _address = address;
        ResiliencePipeline<HttpResponseMessage> retry = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = MostRetries,
                Delay = s_firstWait,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                // Nobody listens at the address: that is no fault that passes.
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }
                    && HttpClientResiliencePredicates.IsTransient(arguments.Outcome)),
            })
            .Build();
        var handler = new ResilienceHandler(retry) { InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2) } };
        _client = new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };
        if (token is not null)
        {
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public async Task<JobList> ListAsync(CancellationToken cancellation) =>
        await SendAsync(HttpMethod.Get, "jobs", null, BytemillJson.Default.JobList, cancellation).ConfigureAwait(false);

    public async Task<JobDetails?> FindAsync(string jobId, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await AnswerAsync(new HttpRequestMessage(HttpMethod.Get, PathOf(jobId)), cancellation).ConfigureAwait(false);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(answer, BytemillJson.Default.JobDetails, cancellation).ConfigureAwait(false);
    }

    public Task<JobDetails> SubmitAsync(JobRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "jobs", JsonContent.Create(request, BytemillJson.Default.JobRequest), BytemillJson.Default.JobDetails, cancellation);

    public Task<JobDetails> PauseAsync(string jobId, CancellationToken cancellation) => ActAsync(jobId, "pause", cancellation);

    public Task<JobDetails> ResumeAsync(string jobId, CancellationToken cancellation) => ActAsync(jobId, "resume", cancellation);

    public Task<JobDetails> CancelAsync(string jobId, CancellationToken cancellation) => ActAsync(jobId, "cancel", cancellation);

    public Task<JobDetails> PrioritizeAsync(string jobId, int priority, CancellationToken cancellation) => SendAsync(
        HttpMethod.Put,
        $"{PathOf(jobId)}/priority",
        JsonContent.Create(new PriorityRequest { Priority = priority }, BytemillJson.Default.PriorityRequest),
        BytemillJson.Default.JobDetails,
        cancellation);

    public async IAsyncEnumerable<JobDetails> FollowAsync(string jobId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        JobDetails? last = null;
        while (true)
        {
            using HttpResponseMessage? answer = await FindStreamAsync(jobId, again: last is not null, cancellation).ConfigureAwait(false);
            if (answer is null)
            {
                yield return Unheard(last!);
            }
            else
            {
                await foreach (JobDetails job in ReadStreamAsync(answer, cancellation).ConfigureAwait(false))
                {
                    last = job;
                    yield return job;
                    if (job.Job.IsOver)
                    {
                        yield break;
                    }
                }
            }

            await Task.Delay(s_streamWait, cancellation).ConfigureAwait(false);
        }
    }

    public Task<EventList> EventsAsync(string jobId, long after, long epoch, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Units.Format($"{PathOf(jobId)}/events?after={after}&epoch={epoch}"), null, BytemillJson.Default.EventList, cancellation);

    public async Task<byte[]> ManifestAsync(JobInfo job, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await AnswerAsync(new HttpRequestMessage(HttpMethod.Get, $"{PathOf(job.Id)}/manifest"), cancellation).ConfigureAwait(false);
        await CheckAsync(answer, cancellation).ConfigureAwait(false);
        return await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
    }

    public async Task<Stream> ModelAsync(JobInfo job, string fileName, int size, CancellationToken cancellation)
    {
        HttpResponseMessage answer = await AnswerAsync(
            new HttpRequestMessage(HttpMethod.Get, Units.Format($"{PathOf(job.Id)}/model?size={size}")), cancellation).ConfigureAwait(false);
        await CheckAsync(answer, cancellation).ConfigureAwait(false);
        return await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string PathOf(string jobId) => $"jobs/{Uri.EscapeDataString(jobId)}";

    private Task<JobDetails> ActAsync(string jobId, string what, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, $"{PathOf(jobId)}/{what}", null, BytemillJson.Default.JobDetails, cancellation);

    // A node that served the stream before may be on its way back.
    private async Task<HttpResponseMessage?> FindStreamAsync(string jobId, bool again, CancellationToken cancellation)
    {
        try
        {
            return await AnswerAsync(new HttpRequestMessage(HttpMethod.Get, $"{PathOf(jobId)}/stream"), cancellation).ConfigureAwait(false);
        }
        catch (JobInputException e) when (again && e.InnerException is HttpRequestException)
        {
            return null;
        }
    }

    // As it was last heard of, with the reason why there is no more.
    private JobDetails Unheard(JobDetails last) => last.Job.Progress is { } progress
        ? last with { Job = last.Job with { Progress = progress with { Notice = $"{_address} does not answer; asked again until it does (Ctrl-C leaves the job as it is)" } } }
        : last;

    private async IAsyncEnumerable<JobDetails> ReadStreamAsync(HttpResponseMessage answer, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await CheckAsync(answer, cancellation).ConfigureAwait(false);
        Stream stream = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        IAsyncEnumerator<SseItem<string>> items = SseParser.Create(stream).EnumerateAsync(silence.Token).GetAsyncEnumerator(silence.Token);
        await using (items.ConfigureAwait(false))
        {
            while (await HasNextAsync(items, silence, cancellation).ConfigureAwait(false))
            {
                yield return JsonSerializer.Deserialize(items.Current.Data, BytemillJson.Default.JobDetails)
                    ?? throw new JobInputException($"{_address} tells of a job in a way that this version does not understand.");
            }
        }
    }

    // A node that is restarted, or is silent for long, is asked again.
    private static async Task<bool> HasNextAsync(IAsyncEnumerator<SseItem<string>> items, CancellationTokenSource silence, CancellationToken cancellation)
    {
        try
        {
            silence.CancelAfter(s_longestSilence);
            return await items.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? body, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await AnswerAsync(new HttpRequestMessage(method, path) { Content = body }, cancellation).ConfigureAwait(false);
        return await ReadAsync(answer, type, cancellation).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        request.RequestUri = new Uri(_address, $"/api/v1/{request.RequestUri}");
        try
        {
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new JobInputException($"No answer from {_address}: {e.Message} Is a node serving HTTP there (bytemill node --http)?", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{_address} did not answer in time.", e);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        await CheckAsync(answer, cancellation).ConfigureAwait(false);
        return await answer.Content.ReadFromJsonAsync(type, cancellation).ConfigureAwait(false)
            ?? throw new JobInputException($"{answer.RequestMessage?.RequestUri} answered nothing.");
    }

    // What the node says is wrong, for users.
    private static async Task CheckAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.IsSuccessStatusCode)
        {
            return;
        }

        string body = await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
        {
            throw new JobInputException($"{answer.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Authority)} wants its token, or another one: give it with --token-file, BYTEMILL_HTTP_TOKEN, or 'bytemill context add'.");
        }

        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            throw new JobInputException(Units.Format($"{answer.RequestMessage?.RequestUri} answered {(int)answer.StatusCode} {answer.ReasonPhrase}: no node of Bytemill, or of another version."));
        }

        using JsonDocument problem = JsonDocument.Parse(body);
        string detail = problem.RootElement.TryGetProperty("detail", out JsonElement told) ? told.GetString() ?? "" : "";
        RequestFault[] faults = problem.RootElement.TryGetProperty("errors", out JsonElement errors)
            ? [.. errors.EnumerateArray().Select(fault => new RequestFault(fault.GetProperty("detail").GetString() ?? "", fault.GetProperty("pointer").GetString() ?? "#"))]
            : [];
        throw (int)answer.StatusCode switch
        {
            _ when faults.Length > 0 => new RequestFaultException([.. faults]),
            503 => new TimeoutException(detail),
            409 => new RefusedException(detail),
            _ => new JobInputException(detail),
        };
    }
}

using System.Globalization;
using System.Text.Json;
using Bytemill.App;
using Bytemill.Pipeline;
using Bytemill.Web.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bytemill.Tests;

/// <summary>What a command does when the node that it asks goes away, by a server that tells what it is told to.</summary>
public sealed class HttpClusterClientTests
{
    private static readonly JobProgressInfo s_progress = new("count", "counting", 5, 10, "bytes", 1, 2, 1, 1, Notice: null);

    [Fact]
    public async Task Follow_NodeIsRestarted_SaysSoAndGoesOn()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        WebApplication first = await ServeAsync(0, Job("running", s_progress), cancellation);
        var address = new Uri(first.Urls.Single());
        WebApplication? second = null;
        await using var client = new HttpClusterClient(address, token: null);
        List<JobDetails> seen = [];
        await foreach (JobDetails now in client.FollowAsync("a", cancellation))
        {
            seen.Add(now);
            if (seen.Count == 1)
            {
                await first.DisposeAsync();
            }
            else if (now.Job.Progress?.Notice is not null)
            {
                second ??= await ServeAsync(address.Port, Job("completed", null), cancellation);
            }
        }

        await second!.DisposeAsync();
        Assert.Null(seen[0].Job.Progress!.Notice);
        Assert.Contains($"{address} does not answer", seen[1].Job.Progress!.Notice, StringComparison.Ordinal);
        Assert.Equal(5, seen[1].Job.Progress!.DoneUnits);
        Assert.Equal("completed", seen[^1].Job.Status);
    }

    [Fact]
    public async Task Follow_NobodyListensAtFirst_IsAnErrorThatNamesTheAddress()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        WebApplication server = await ServeAsync(0, Job("running", s_progress), cancellation);
        var address = new Uri(server.Urls.Single());
        await server.DisposeAsync();
        await using var client = new HttpClusterClient(address, token: null);
        JobInputException e = await Assert.ThrowsAsync<JobInputException>(async () => await client.FollowAsync("a", cancellation).GetAsyncEnumerator(cancellation).MoveNextAsync());
        Assert.Contains(address.ToString(), e.Message, StringComparison.Ordinal);
    }

    private static JobDetails Job(string status, JobProgressInfo? progress) =>
        new(new JobInfo("a", status, "run", "out", 0, null, null, progress, null), [], null, null);

    // Tells it once and ends the stream.
    private static async Task<WebApplication> ServeAsync(int port, JobDetails job, CancellationToken cancellation)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        WebApplication server = builder.Build();
        server.MapGet("/api/v1/jobs/a/stream", async (HttpContext context) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(job, BytemillJson.Default.JobDetails)}\n\n", context.RequestAborted);
        });
        await server.StartAsync(cancellation);
        return server;
    }
}

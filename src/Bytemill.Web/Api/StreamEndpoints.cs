using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bytemill.Web.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.Web.Api;

/// <summary>Changes as they happen, as server-sent events; all viewers share the questions of the feed.</summary>
internal static class StreamEndpoints
{
    public const string JobsEvent = "jobs";
    public const string ClusterEvent = "cluster";
    public const string JobEvent = "job";
    public const string EndEvent = "end";

    // Sent though nothing has changed, so that neither proxies nor this node keep a connection on which nobody is any more.
    private static readonly TimeSpan s_longestSilence = TimeSpan.FromSeconds(15);

    public static void MapStreams(this RouteGroupBuilder api)
    {
        api.MapGet("/stream", (ClusterFeed feed, IHostApplicationLifetime life, CancellationToken cancellation) =>
                TypedResults.ServerSentEvents(FollowClusterAsync(feed, life.ApplicationStopping, cancellation)))
            .WithTags("stream").WithName("FollowCluster").WithSummary("Server-sent events: 'jobs' with the list of jobs, 'cluster' with members, each time that something has changed.")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream");
        api.MapGet("/jobs/{id}/stream", FollowJob)
            .WithTags("stream").WithName("FollowJob").WithSummary("Server-sent events: 'job' each time that something of the job has changed, 'end' when it is over; then the stream ends.")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> FollowJob(string id, ClusterFeed feed, IHostApplicationLifetime life, CancellationToken cancellation)
    {
        JobReported first = await feed.FindAsync(id, cancellation).ConfigureAwait(false);
        return TypedResults.ServerSentEvents(FollowJobAsync(id, first, feed, life.ApplicationStopping, cancellation));
    }

    private static async IAsyncEnumerable<SseItem<string>> FollowClusterAsync(
        ClusterFeed feed, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string jobs = "";
        string cluster = "";
        await foreach (bool isDue in ChangesAsync(feed, stopping, cancellation).ConfigureAwait(false))
        {
            ClusterView view = feed.Current;
            string nowJobs = Write(JobList.Of(view.Jobs, view.MaxRunning), BytemillJson.Default.JobList);

            // The time of the last answer alone is no news.
            string nowCluster = Write(ClusterInfo.Of(view) with { AnsweredAt = null }, BytemillJson.Default.ClusterInfo);
            if (isDue || nowJobs != jobs)
            {
                yield return new SseItem<string>(jobs = nowJobs, JobsEvent);
            }

            if (isDue || nowCluster != cluster)
            {
                yield return new SseItem<string>(cluster = nowCluster, ClusterEvent);
            }
        }
    }

    private static async IAsyncEnumerable<SseItem<string>> FollowJobAsync(
        string id, JobReported first, ClusterFeed feed, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using IDisposable watching = feed.Watch(id);
        string told = "";
        JobReported report = first;
        await foreach (bool isDue in ChangesAsync(feed, stopping, cancellation).ConfigureAwait(false))
        {
            JobReported? present = feed.ViewOf(id).Report;
            if (present is { Job: null })
            {
                // Forgotten, as by a coordinator without a journal that has died; who asks again is told so.
                yield break;
            }

            report = present ?? report;
            JobDetails job = JobDetails.Of(report);
            string now = Write(job, BytemillJson.Default.JobDetails);
            if (isDue || now != told)
            {
                yield return new SseItem<string>(told = now, job.Job.IsOver ? EndEvent : JobEvent);
            }

            if (job.Job.IsOver)
            {
                yield break;
            }
        }
    }

    // Once at the beginning and each time that the feed has changed; true where something is to be sent whatever has.
    private static async IAsyncEnumerable<bool> ChangesAsync(ClusterFeed feed, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellation);
        long sentAt = Environment.TickCount64;
        while (!end.IsCancellationRequested)
        {
            long seen = feed.Current.Sequence;
            bool isDue = Environment.TickCount64 - sentAt > s_longestSilence.TotalMilliseconds;
            sentAt = isDue ? Environment.TickCount64 : sentAt;
            yield return isDue;
            try
            {
                await feed.NextAsync(seen, end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                yield break;
            }
        }
    }

    private static string Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);
}

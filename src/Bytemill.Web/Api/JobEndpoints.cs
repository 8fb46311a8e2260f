using System.Text.RegularExpressions;
using Bytemill.Pipeline;
using Bytemill.Web.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.Web.Api;

/// <summary>Jobs: submitted, listed, shown, stopped and let go on.</summary>
internal static class JobEndpoints
{
    public const string IdempotencyKey = "Idempotency-Key";

    public static void MapJobs(this RouteGroupBuilder api)
    {
        RouteGroupBuilder jobs = api.MapGroup("/jobs").WithTags("jobs");
        jobs.MapGet("/", ListAsync).WithName("ListJobs").WithSummary("Jobs that run or wait, then the last that have ended.")
            .WithDescription("With 'status' only those of one status; with 'limit' the first so many.");
        jobs.MapPost("/", SubmitAsync).WithName("SubmitJob").WithSummary("Submits a job.")
            .WithDescription("With the same id, or the same header Idempotency-Key, as often as you like: it is one job. Answers 201 when it is new, 200 when it is known.")
            .Accepts<JobRequest>("application/json").Produces<JobDetails>().Produces<JobDetails>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        jobs.MapGet("/{id}", ShowAsync).WithName("ShowJob").WithSummary("One job in full.").ProducesProblem(StatusCodes.Status404NotFound);
        jobs.MapPost("/{id}/pause", (string id, ClusterFeed feed, CancellationToken cancellation) => ActAsync(id, feed, new PauseJob(id), cancellation))
            .WithName("PauseJob").WithSummary("Lets a job stand still; what is done of it stays.").ProducesJob();
        jobs.MapPost("/{id}/resume", (string id, ClusterFeed feed, CancellationToken cancellation) => ActAsync(id, feed, new ResumeJob(id), cancellation))
            .WithName("ResumeJob").WithSummary("Puts a paused job back in the queue.").ProducesJob();
        jobs.MapPost("/{id}/cancel", CancelAsync).WithName("CancelJob").WithSummary("Ends a job and removes its work files.").ProducesJob();
        jobs.MapPut("/{id}/priority", PrioritizeAsync).WithName("PrioritizeJob").WithSummary("Gives a job another priority.")
            .Accepts<PriorityRequest>("application/json").ProducesJob().ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>A job that the coordinator knows.</summary>
    /// <exception cref="ProblemException">It does not.</exception>
    public static async Task<JobReported> FindAsync(this ClusterFeed feed, string id, CancellationToken cancellation)
    {
        JobReported report = await feed.Coordinator.AskAsync<JobReported>(new GetJob(id), cancellation).ConfigureAwait(false);
        return report.Job is null ? throw ProblemException.UnknownJob(id) : report;
    }

    private static RouteHandlerBuilder ProducesJob(this RouteHandlerBuilder endpoint) => endpoint
        .Produces<JobDetails>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Ok<JobList>> ListAsync(ClusterFeed feed, string? status, int? limit, CancellationToken cancellation)
    {
        if (status is not null && !Enum.GetValues<JobStatus>().Any(value => JsonText.NameOf(value) == status))
        {
            throw new RequestFaultException($"There is no status '{status}'; they are {string.Join(", ", Enum.GetValues<JobStatus>().Select(JsonText.NameOf))}.", "status");
        }

        JobsListed list = await feed.Coordinator.AskAsync<JobsListed>(ListJobs.Instance, cancellation).ConfigureAwait(false);
        return TypedResults.Ok(JobList.Of(
            list.Jobs.Where(job => status is null || JsonText.NameOf(job.Status) == status).Take(limit is >= 0 ? limit.Value : int.MaxValue), list.MaxRunning));
    }

    private static async Task<Results<Ok<JobDetails>, Created<JobDetails>>> SubmitAsync(
        HttpContext context, ClusterFeed feed, NodeOptions node, [FromHeader(Name = IdempotencyKey)] string? key, CancellationToken cancellation)
    {
        JobRequest request = await RequestBody.ReadAsync(context, BytemillJson.Default.JobRequest).ConfigureAwait(false);
        string id = IdOf(request, key);
        JobSpec spec = JobRequests.ToSpec(request, directory: null);
        JobReported known = await feed.Coordinator.AskAsync<JobReported>(new GetJob(id), cancellation).ConfigureAwait(false);
        if (known.Job is { } job)
        {
            return IsSame(job, spec) ? TypedResults.Ok(JobDetails.Of(known)) : throw new ProblemException(
                $"The id '{id}' is that of another job, {(job.Mode is { } mode ? JsonText.NameOf(mode) : "none")} to '{job.OutputDirectory}'. Choose another one.", StatusCodes.Status409Conflict);
        }

        // Opens every input file.
        await Task.Run(() => JobRequests.Check(spec, id, node.DataRoots, cancellation), cancellation).ConfigureAwait(false);
        await feed.Coordinator.AskAsync<JobAccepted>(new SubmitJob(id, spec, request.Priority), cancellation).ConfigureAwait(false);
        feed.Hurry();
        return TypedResults.Created($"{ApiVersion.Root}/jobs/{id}", JobDetails.Of(await feed.FindAsync(id, cancellation).ConfigureAwait(false)));
    }

    private static string IdOf(JobRequest request, string? key)
    {
        if (key is null)
        {
            return request.Id ?? Guid.NewGuid().ToString("N");
        }

        if (request.Id is { } id && id != key)
        {
            throw new RequestFaultException($"is another one than the header {IdempotencyKey} has, '{key}'. Give one of them.", "#/id");
        }

        return Regex.IsMatch(key, JobRequest.IdPattern)
            ? key
            : throw new RequestFaultException($"The header {IdempotencyKey} must be 1 to 64 letters, digits, '.', '_' and '-', the first a letter or digit; it becomes the job's id.", "#/id");
    }

    private static bool IsSame(JobSummary job, JobSpec spec) => job.Mode is null || (job.Mode == spec.Mode && job.OutputDirectory == spec.OutputDirectory);

    private static async Task<Ok<JobDetails>> ShowAsync(string id, ClusterFeed feed, CancellationToken cancellation) =>
        TypedResults.Ok(JobDetails.Of(await feed.FindAsync(id, cancellation).ConfigureAwait(false)));

    private static async Task<Ok<JobDetails>> PrioritizeAsync(string id, HttpContext context, ClusterFeed feed, CancellationToken cancellation)
    {
        PriorityRequest request = await RequestBody.ReadAsync(context, BytemillJson.Default.PriorityRequest).ConfigureAwait(false);
        return await ActAsync(id, feed, new PrioritizeJob(id, request.Priority!.Value), cancellation).ConfigureAwait(false);
    }

    private static async Task<Ok<JobDetails>> ActAsync(string id, ClusterFeed feed, IWireMessage wish, CancellationToken cancellation) =>
        Conclude(id, feed, await feed.Coordinator.AskAsync<JobReported>(wish, cancellation).ConfigureAwait(false));

    private static async Task<Ok<JobDetails>> CancelAsync(string id, ClusterFeed feed, CancellationToken cancellation)
    {
        // To cancel a job that is not there yet is to forbid it.
        await feed.FindAsync(id, cancellation).ConfigureAwait(false);
        return Conclude(id, feed, await feed.Coordinator.CancelAsync(id, cancellation).ConfigureAwait(false), isCancel: true);
    }

    private static Ok<JobDetails> Conclude(string id, ClusterFeed feed, JobReported report, bool isCancel = false)
    {
        feed.Hurry();
        return report switch
        {
            { Job: null } => throw ProblemException.UnknownJob(id),
            // To cancel what is cancelled may be repeated.
            { Job.Status: JobStatus.Completed or JobStatus.Failed or JobStatus.Cancelled } when !(isCancel && report.Job.Status == JobStatus.Cancelled) =>
                throw new ProblemException($"Not done: the job is over: {JsonText.NameOf(report.Job.Status)}.", StatusCodes.Status409Conflict),
            { Refusal.Length: > 0 } => throw new ProblemException($"Not done: {report.Refusal}.", StatusCodes.Status409Conflict),
            _ => TypedResults.Ok(JobDetails.Of(report)),
        };
    }
}

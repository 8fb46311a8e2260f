using System.Text;
using Bytemill.Pipeline;
using Bytemill.Web.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Web.Api;

/// <summary>What goes on in a job: tasks, attempts, events.</summary>
internal static class WatchEndpoints
{
    private const int MostTasks = 1000;

    public static void MapWatching(this RouteGroupBuilder api)
    {
        RouteGroupBuilder job = api.MapGroup("/jobs/{id}").WithTags("watching");
        job.MapGet("/tasks", TasksAsync).WithName("ListTasks").WithSummary("Stages of a job, and tasks of one of them.")
            .WithDescription("'stage': its number; left out, the last one begun. 'first' and 'count': which tasks; an answer may hold fewer and says by 'next' where to go on. 'state': all, running, troubled or stragglers.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        job.MapGet("/attempts", AttemptsAsync).WithName("ListAttempts").WithSummary("Attempts at tasks that came to nothing: of one stage, and of the task that the job failed of.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        job.MapGet("/events", EventsAsync).WithName("ListEvents").WithSummary("What happened to a job; with 'after' and 'epoch' of an earlier answer only what is new.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        job.MapGet("/logs", LogsAsync).WithName("ShowLog").WithSummary("The same as lines of text.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<TaskList>> TasksAsync(
        string id, ClusterFeed feed, CancellationToken cancellation, int stage = 0, int first = 0, int count = 100, string state = "all")
    {
        TaskSelection selection = Enum.GetValues<TaskSelection>().Cast<TaskSelection?>().FirstOrDefault(value => JsonText.NameOf(value!.Value) == state)
            ?? throw new RequestFaultException($"The state is {string.Join(", ", Enum.GetValues<TaskSelection>().Select(JsonText.NameOf))}; found '{state}'.", "state");
        return TypedResults.Ok(TaskList.Of(await AskAsync(id, feed, stage, first, count, selection, cancellation).ConfigureAwait(false)));
    }

    private static async Task<Ok<AttemptList>> AttemptsAsync(string id, ClusterFeed feed, CancellationToken cancellation, int stage = 0, int first = 0)
    {
        JobDetails job = JobDetails.Of(await feed.FindAsync(id, cancellation).ConfigureAwait(false));
        JobTasks troubled = await AskAsync(id, feed, stage, first, MostTasks, TaskSelection.Troubled, cancellation).ConfigureAwait(false);
        TaskList list = TaskList.Of(troubled);
        return TypedResults.Ok(new AttemptList(list.Stage, list.Tasks, list.Next, job.Poison));
    }

    private static async Task<Ok<EventList>> EventsAsync(string id, ClusterFeed feed, CancellationToken cancellation, long after = 0, long epoch = 0)
    {
        JobEvents answer = await feed.Coordinator.AskAsync<JobEvents>(new GetJobEvents(id, after, epoch), cancellation).ConfigureAwait(false);
        return answer.IsKnown ? TypedResults.Ok(EventList.Of(answer)) : throw ProblemException.UnknownJob(id);
    }

    private static async Task<ContentHttpResult> LogsAsync(string id, ClusterFeed feed, CancellationToken cancellation)
    {
        JobEvents answer = await feed.Coordinator.EventsAsync(null, id, CoordinatorAccess.Patience, cancellation).ConfigureAwait(false);
        if (!answer.IsKnown)
        {
            throw ProblemException.UnknownJob(id);
        }

        var text = new StringBuilder();
        foreach (JobEvent happened in answer.Events)
        {
            text.Append(EventInfo.Of(happened).ToLine()).Append('\n');
        }

        return TypedResults.Text(text.ToString(), "text/plain", Encoding.UTF8);
    }

    private static async Task<JobTasks> AskAsync(
        string id, ClusterFeed feed, int stage, int first, int count, TaskSelection selection, CancellationToken cancellation)
    {
        if (stage < 0 || first < 0 || count is < 0 or > MostTasks)
        {
            throw new RequestFaultException($"'stage' and 'first' are whole numbers from 0, 'count' is in [0..{MostTasks}].", stage < 0 ? "stage" : first < 0 ? "first" : "count");
        }

        JobTasks answer = await feed.Coordinator.AskAsync<JobTasks>(new GetJobTasks(id, stage, first, count, selection), cancellation).ConfigureAwait(false);
        return answer.IsKnown ? answer : throw ProblemException.UnknownJob(id);
    }
}

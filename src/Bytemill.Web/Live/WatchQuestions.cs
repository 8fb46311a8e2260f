using System.Collections.Immutable;
using Bytemill.Pipeline;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Web.Live;

/// <summary>Asks the coordinator for what comes in several messages, and puts it together.</summary>
internal static class WatchQuestions
{
    // As many as the coordinator remembers of a job.
    private const int MostEvents = 1000;

    // A message holds fewer; it says where it ends.
    private const int MostTasks = 1000;

    /// <summary>The tasks of the stage that was begun last: all cells, and in full those that run or were troubled, as many as fit in a message each.</summary>
    public static async Task<JobTasks> TasksAsync(this CoordinatorAccess coordinator, string jobId, TimeSpan patience, CancellationToken cancellation)
    {
        JobTasks first = await coordinator.AskAsync<JobTasks>(new GetJobTasks(jobId, Count: MostTasks, Selection: TaskSelection.Running), cancellation, patience).ConfigureAwait(false);
        if (first.Stage == 0)
        {
            return first;
        }

        JobTasks troubled = await coordinator.AskAsync<JobTasks>(
            new GetJobTasks(jobId, first.Stage, Count: MostTasks, Selection: TaskSelection.Troubled), cancellation, patience).ConfigureAwait(false);
        ImmutableArray<TaskCell>.Builder cells = first.Cells.ToBuilder();
        int tasks = first.Stages.FirstOrDefault(stage => stage.Number == first.Stage)?.Tasks ?? 0;
        while (cells.Count < tasks)
        {
            JobTasks page = await coordinator.AskAsync<JobTasks>(new GetJobTasks(jobId, first.Stage, cells.Count, Count: 0), cancellation, patience).ConfigureAwait(false);
            if (page.Cells.IsEmpty)
            {
                // The stage has been forgotten meanwhile.
                break;
            }

            cells.AddRange(page.Cells);
        }

        return first with
        {
            Cells = cells.ToImmutable(),
            Tasks = [.. first.Tasks.Concat(troubled.Tasks).DistinctBy(task => task.Index).OrderBy(task => task.Index)],
        };
    }

    /// <summary>What happened to a job after what is known already.</summary>
    /// <param name="coordinator">Is asked.</param>
    /// <param name="known">The last answer, with all events; <c>null</c> for none.</param>
    /// <param name="jobId">The job.</param>
    /// <param name="patience">How long to wait for each answer.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The last answer, with all events.</returns>
    public static async Task<JobEvents> EventsAsync(
        this CoordinatorAccess coordinator, JobEvents? known, string jobId, TimeSpan patience, CancellationToken cancellation)
    {
        long epoch = known?.Epoch ?? 0;
        ImmutableArray<JobEvent>.Builder events = (known?.Events ?? []).ToBuilder();
        while (true)
        {
            JobEvents page = await coordinator.AskAsync<JobEvents>(
                new GetJobEvents(jobId, events.Count == 0 ? 0 : events[^1].Sequence, epoch), cancellation, patience).ConfigureAwait(false);
            if (page.Epoch != epoch)
            {
                events.Clear();
                epoch = page.Epoch;
            }

            events.AddRange(page.Events);
            if (events.Count > MostEvents)
            {
                events.RemoveRange(0, events.Count - MostEvents);
            }

            if (page.Events.IsEmpty || events[^1].Sequence >= page.LastSequence)
            {
                return page with { Events = events.ToImmutable() };
            }
        }
    }

    /// <summary>All nodes.</summary>
    public static async Task<NodesListed> NodesAsync(this CoordinatorAccess coordinator, TimeSpan patience, CancellationToken cancellation)
    {
        ImmutableArray<NodeStatistics>.Builder nodes = ImmutableArray.CreateBuilder<NodeStatistics>();
        while (true)
        {
            NodesListed page = await coordinator.AskAsync<NodesListed>(new ListNodes(nodes.Count == 0 ? "" : nodes[^1].Address), cancellation, patience).ConfigureAwait(false);
            nodes.AddRange(page.Nodes);
            if (page.IsLast || page.Nodes.IsEmpty)
            {
                return page with { Nodes = nodes.ToImmutable() };
            }
        }
    }
}

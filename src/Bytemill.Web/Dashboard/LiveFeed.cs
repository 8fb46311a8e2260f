using Bytemill.Pipeline;
using Bytemill.Web.Api;
using Bytemill.Web.Live;
using static Bytemill.Pipeline.JobProtocol;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Web.Dashboard;

/// <summary>The feed of this node.</summary>
internal sealed class LiveFeed(ClusterFeed feed, NodeOptions node) : IDashboardFeed
{
    public event Action? Changed
    {
        add => feed.Changed += value;
        remove => feed.Changed -= value;
    }

    public ClusterView Current => feed.Current;

    public IDisposable Watch(string jobId) => feed.Watch(jobId);

    public JobView ViewOf(string jobId) => feed.ViewOf(jobId);

    public async Task<TaskReport?> FindTaskAsync(string jobId, int stage, int index, CancellationToken cancellationToken)
    {
        JobTasks tasks = await feed.Coordinator.AskAsync<JobTasks>(new GetJobTasks(jobId, stage, index, Count: 1), cancellationToken).ConfigureAwait(false);
        return tasks.Tasks.FirstOrDefault(task => task.Index == index);
    }

    public async Task<JobReported> SendAsync(IWireMessage command, CancellationToken cancellationToken)
    {
        JobReported report = command is CancelJob cancel
            ? await feed.Coordinator.CancelAsync(cancel.JobId, cancellationToken).ConfigureAwait(false)
            : await feed.Coordinator.AskAsync<JobReported>(command, cancellationToken).ConfigureAwait(false);
        feed.Hurry();
        return report;
    }

    public async Task SubmitAsync(SubmitJob job, CancellationToken cancellationToken)
    {
        // It reads footers: not on the thread that serves a viewer.
        await Task.Run(() => JobRequests.Check(job.Spec, job.JobId, node.DataRoots, cancellationToken), cancellationToken).ConfigureAwait(false);
        await feed.Coordinator.AskAsync<JobAccepted>(job, cancellationToken).ConfigureAwait(false);
        feed.Hurry();
    }
}

using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Hosting;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Web.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Bytemill.Pipeline.JobProtocol;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.App;

/// <summary>Joins a cluster as a client and asks its coordinator; files are read where the cluster has written them.</summary>
internal sealed class RemotingClusterClient : IClusterClient
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly IHost _host;
    private readonly JobClient _client;

    private RemotingClusterClient(IHost host, JobClient client)
    {
        _host = host;
        _client = client;
    }

    public static async Task<IClusterClient> JoinAsync(NodeOptions node, CancellationToken cancellation)
    {
        IHost host = await NodeHost.StartAsync(node, NodeLogging.WarningsOnly).ConfigureAwait(false);
        try
        {
            ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
            await NodeHost.JoinedAsync(system, node, s_patience, cancellation).ConfigureAwait(false);
            IActorRef coordinator = await host.Services.GetRequiredService<ActorRegistry>().GetAsync<JobCoordinatorKey>(cancellation).ConfigureAwait(false);
            return new RemotingClusterClient(host, new JobClient(system, coordinator));
        }
        catch
        {
            await StopAsync(host).ConfigureAwait(false);
            throw;
        }
    }

    public async Task<JobList> ListAsync(CancellationToken cancellation)
    {
        JobsListed list = await AskAsync<JobsListed>(ListJobs.Instance, cancellation).ConfigureAwait(false);
        return JobList.Of(list.Jobs, list.MaxRunning);
    }

    public async Task<JobDetails?> FindAsync(string jobId, CancellationToken cancellation) =>
        await AskAsync<JobReported>(new GetJob(jobId), cancellation).ConfigureAwait(false) is { Job: not null } report ? JobDetails.Of(report) : null;

    public async Task<JobDetails> SubmitAsync(JobRequest request, CancellationToken cancellation)
    {
        JobSpec spec = JobRequests.ToSpec(request, Environment.CurrentDirectory);
        JobPreflight.Check(spec, request.Id, cancellation);
        await AskAsync<JobAccepted>(new SubmitJob(request.Id!, spec, request.Priority), cancellation).ConfigureAwait(false);
        return await ActAsync(new GetJob(request.Id!), cancellation).ConfigureAwait(false);
    }

    public Task<JobDetails> PauseAsync(string jobId, CancellationToken cancellation) => ActAsync(new PauseJob(jobId), cancellation);

    public Task<JobDetails> ResumeAsync(string jobId, CancellationToken cancellation) => ActAsync(new ResumeJob(jobId), cancellation);

    public Task<JobDetails> PrioritizeAsync(string jobId, int priority, CancellationToken cancellation) => ActAsync(new PrioritizeJob(jobId, priority), cancellation);

    public async Task<JobDetails> CancelAsync(string jobId, CancellationToken cancellation) =>
        JobDetails.Of(await _client.CancelAsync(jobId, s_patience, cancellation).ConfigureAwait(false));

    public async IAsyncEnumerable<JobDetails> FollowAsync(string jobId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            JobDetails job = await ActAsync(new GetJob(jobId), cancellation).ConfigureAwait(false);
            yield return job;
            if (job.Job.IsOver)
            {
                yield break;
            }

            await Task.Delay(s_interval, cancellation).ConfigureAwait(false);
        }
    }

    public async Task<EventList> EventsAsync(string jobId, long after, long epoch, CancellationToken cancellation) =>
        EventList.Of(await AskAsync<JobEvents>(new GetJobEvents(jobId, after, epoch), cancellation).ConfigureAwait(false));

    public Task<byte[]> ManifestAsync(JobInfo job, CancellationToken cancellation) =>
        Task.Run(() => Stores.ReadAllBytes(ResultManifest.PathIn(job.Output)), cancellation);

    public Task<Stream> ModelAsync(JobInfo job, string fileName, int size, CancellationToken cancellation) =>
        Task.Run(() => Stores.OpenRead(StorePath.Combine(job.Output, fileName)), cancellation);

    public ValueTask DisposeAsync() => new(StopAsync(_host));

    private static async Task StopAsync(IHost host)
    {
        await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        host.Dispose();
    }

    private Task<TAnswer> AskAsync<TAnswer>(IWireMessage question, CancellationToken cancellation)
        where TAnswer : IWireMessage => _client.AskAsync<TAnswer>(question, s_patience, cancellation);

    private async Task<JobDetails> ActAsync(IWireMessage wish, CancellationToken cancellation) =>
        await AskAsync<JobReported>(wish, cancellation).ConfigureAwait(false) is { Job: not null } report
            ? JobDetails.Of(report)
            : throw new JobInputException("The cluster does not know the job any more.");
}

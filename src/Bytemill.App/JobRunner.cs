using Akka.Actor;
using Akka.Hosting;
using Bytemill.Pipeline;
using Bytemill.Web.Api;
using Bytemill.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.App;

/// <summary>Starts a node, lets it run or submit one job, and stops it.</summary>
internal static class JobRunner
{
    private static readonly TimeSpan s_joinTimeout = TimeSpan.FromSeconds(30);

    /// <param name="request">The job.</param>
    /// <param name="display">Shows it.</param>
    /// <param name="interruption">Stops it: a job that can be gone on with is left as it is, any other is cancelled.</param>
    public static async Task<int> RunAsync(Request request, IJobDisplay display, CancellationToken interruption)
    {
        NodeOptions node = request.Node;
        using IHost host = await NodeHost.StartAsync(node, request.IsVerbose ? NodeLogging.Verbose : NodeLogging.WarningsOnly).ConfigureAwait(false);
        try
        {
            ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
            await NodeHost.JoinedAsync(system, node, s_joinTimeout, interruption).ConfigureAwait(false);
            IActorRef coordinator = await host.Services.GetRequiredService<ActorRegistry>()
                .GetAsync<JobCoordinatorKey>(interruption).ConfigureAwait(false);
            if (node.ServesHttp)
            {
                await Console.Out.WriteLineAsync($"dashboard: {host.FindHttpAddress()}").ConfigureAwait(false);
            }

            display.Start(request.Spec);
            bool canResume = request.Resume is not null;
            IWireMessage end = await new JobClient(system, coordinator).RunAsync(
                request.JobId,
                request.Spec,
                request.Priority,
                display.Update,
                cancellation: canResume ? CancellationToken.None : interruption,
                leave: canResume ? interruption : CancellationToken.None).ConfigureAwait(false);
            request.IsOver = true;
            return Conclude(request.Spec, display, end);
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            display.Cancelled(request.Resume);
            return ExitCodes.Interrupted;
        }
        catch (JobLostException e)
        {
            display.Failed(request.Resume is null ? e.Message : $"{e.Message} What is done is kept. Go on with: {request.Resume}");
            return ExitCodes.RunFailed;
        }
        finally
        {
            if (node.SeedNodes.IsEmpty)
            {
                await NodeHost.EndAloneAsync(host).ConfigureAwait(false);
            }

            await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static int Conclude(JobSpec spec, IJobDisplay display, IWireMessage end)
    {
        switch (end)
        {
            case JobCompleted:
                display.Completed(spec, ResultManifest.Read(spec.OutputDirectory));
                return ExitCodes.Done;
            case JobFailed failed:
                display.Failed(failed.Reason);
                PoisonReport.Write(PoisonInfo.Of(failed.Poison));
                return failed.IsInputError ? ExitCodes.WrongUsage : ExitCodes.RunFailed;
            case JobCancelled:
                display.Cancelled(null);
                return ExitCodes.Interrupted;
            default:
                throw new InvalidOperationException($"A job cannot end with {end.GetType().Name}.");
        }
    }

    /// <summary>One job for a node.</summary>
    /// <param name="JobId">Its id.</param>
    /// <param name="Spec">What is asked for.</param>
    /// <param name="Node">The node that works for it, or hands it to a cluster.</param>
    /// <param name="IsVerbose">Whether the node logs every change of state.</param>
    /// <param name="Resume">The command that goes on with the job when it is stopped; <c>null</c> when it is to be cancelled then.</param>
    internal sealed record Request(string JobId, JobSpec Spec, NodeOptions Node, bool IsVerbose, string? Resume)
    {
        /// <summary>Jobs of a higher one go first.</summary>
        public int Priority { get; init; }

        /// <summary>Whether the job has come to an end, of whatever kind.</summary>
        public bool IsOver { get; set; }
    }
}

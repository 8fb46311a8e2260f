using Akka.Actor;
using Akka.Hosting;
using Bytemill.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.App;

/// <summary>Starts a node, lets it run or submit one job, and stops it.</summary>
internal static class JobRunner
{
    private static readonly TimeSpan s_joinTimeout = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(JobSpec spec, NodeOptions node, bool verbose, IJobDisplay display, CancellationToken cancellation)
    {
        using IHost host = await NodeHost.StartAsync(node, verbose ? NodeLogging.Verbose : NodeLogging.WarningsOnly).ConfigureAwait(false);
        try
        {
            ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
            await NodeHost.JoinedAsync(system, node, s_joinTimeout, cancellation).ConfigureAwait(false);
            IActorRef coordinator = await host.Services.GetRequiredService<ActorRegistry>()
                .GetAsync<JobCoordinatorKey>(cancellation).ConfigureAwait(false);
            display.Start(spec);
            IWireMessage end = await new JobClient(system, coordinator).RunAsync(spec, display.Update, cancellation).ConfigureAwait(false);
            return Conclude(spec, display, end);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            display.Cancelled();
            return ExitCodes.Interrupted;
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
                return failed.IsInputError ? ExitCodes.WrongUsage : ExitCodes.RunFailed;
            case JobCancelled:
                display.Cancelled();
                return ExitCodes.Interrupted;
            default:
                throw new InvalidOperationException($"A job cannot end with {end.GetType().Name}.");
        }
    }
}

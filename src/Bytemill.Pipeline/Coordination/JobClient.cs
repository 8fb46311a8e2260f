using Akka.Actor;
using static System.FormattableString;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.Pipeline;

/// <summary>Submits one job to the coordinator, wherever it runs, and follows it to its end.</summary>
public sealed class JobClient
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_askAgain = TimeSpan.FromSeconds(2);

    // Longer than the coordinator takes to remove work files that are still held.
    private static readonly TimeSpan s_cancelTimeout = TimeSpan.FromSeconds(20);

    private readonly ActorSystem _system;
    private readonly IActorRef _coordinator;

    /// <param name="system">A node's actor system.</param>
    /// <param name="coordinator">The coordinator or its proxy (<see cref="JobCoordinatorKey"/>).</param>
    public JobClient(ActorSystem system, IActorRef coordinator)
    {
        _system = system;
        _coordinator = coordinator;
    }

    /// <summary>Runs a job to its end.</summary>
    /// <param name="jobId">Its id; one that the coordinator knows is gone on with, whatever <paramref name="spec"/> says.</param>
    /// <param name="spec">The job; its paths must mean the same on every node.</param>
    /// <param name="priority">Jobs of a higher one go first.</param>
    /// <param name="onProgress">Called a few times a second, on a thread of the actor system; must return quickly.</param>
    /// <param name="cancellation">Cancels the job; its work files are removed before this returns.</param>
    /// <param name="leave">Leaves the job as it is.</param>
    /// <returns>How the job ended: <see cref="JobCompleted"/>, <see cref="JobFailed"/> or <see cref="JobCancelled"/>.</returns>
    /// <exception cref="JobLostException">This node was put out of its cluster.</exception>
    /// <exception cref="OperationCanceledException">The job was left.</exception>
    public async Task<IWireMessage> RunAsync(
        string jobId, JobSpec spec, int priority, Action<JobProgressed> onProgress, CancellationToken cancellation, CancellationToken leave = default)
    {
        var end = new TaskCompletionSource<IWireMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef follower = _system.ActorOf(Props.Create(() => new Follower(_coordinator, new SubmitJob(jobId, spec, priority), onProgress, end)));
        CancellationTokenRegistration registration = cancellation.Register(() => follower.Tell(new CancelJob(jobId)));
        await using (registration.ConfigureAwait(false))
        {
            try
            {
                await Task.WhenAny(end.Task, _system.WhenTerminated).WaitAsync(leave).ConfigureAwait(false);
                return end.Task.IsCompleted
                    ? await end.Task.ConfigureAwait(false)
                    : throw new JobLostException(
                        CoordinatorGaveUp.ReasonOf(_system) ?? "The cluster put this process out (it was not heard in time, or the cluster fell apart). The job may still run; its manifest tells when it is done.");
            }
            finally
            {
                _system.Stop(follower);
            }
        }
    }

    /// <summary>Asks the coordinator for something and waits for its answer.</summary>
    /// <typeparam name="TAnswer">What it answers with.</typeparam>
    /// <param name="question">Sent again until it is answered, since any message may get lost: sending it twice must change nothing.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="TimeoutException">No coordinator answered.</exception>
    public async Task<TAnswer> AskAsync<TAnswer>(IWireMessage question, TimeSpan timeout, CancellationToken cancellation)
        where TAnswer : IWireMessage
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        end.CancelAfter(timeout);
        while (true)
        {
            try
            {
                return await _coordinator.Ask<TAnswer>(question, s_askAgain, end.Token).ConfigureAwait(false);
            }
            catch (AskTimeoutException) when (!end.IsCancellationRequested)
            {
                // The question or its answer got lost, or no coordinator is there yet: asked again.
            }
            catch (Exception e) when (e is AskTimeoutException or OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                throw new TimeoutException(Invariant($"No coordinator answered within {timeout.TotalSeconds} s. Is a node with the role coordinator running?"), e);
            }
        }
    }

    /// <summary>Ends a job and waits until its work files are gone.</summary>
    /// <returns>The job as it ended.</returns>
    /// <exception cref="TimeoutException">No coordinator answered, or the job did not end in time.</exception>
    public async Task<JobReported> CancelAsync(string jobId, TimeSpan timeout, CancellationToken cancellation)
    {
        long end = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (true)
        {
            _coordinator.Tell(new CancelJob(jobId));
            JobReported report = await AskAsync<JobReported>(new GetJob(jobId), timeout, cancellation).ConfigureAwait(false);
            if (report.Job is not { Status: not (JobStatus.Completed or JobStatus.Failed or JobStatus.Cancelled) } job)
            {
                return report;
            }

            if (job.Progress?.Phase == Phase.Finish && job.Status == JobStatus.Running)
            {
                return report with { Refusal = CoordinatorMachine.PublishingRefusal };
            }

            if (Environment.TickCount64 > end)
            {
                throw new TimeoutException(Invariant($"Job {jobId} did not end within {timeout.TotalSeconds} s; its work files may still be held by a node."));
            }

            await Task.Delay(s_pollInterval, cancellation).ConfigureAwait(false);
        }
    }

    private sealed class Follower : ReceiveActor, IWithTimers
    {
        private readonly IActorRef _coordinator;
        private readonly SubmitJob _submit;
        private bool _isAccepted;
        private bool _isCancelled;

        public Follower(IActorRef coordinator, SubmitJob submit, Action<JobProgressed> onProgress, TaskCompletionSource<IWireMessage> end)
        {
            _coordinator = coordinator;
            _submit = submit;
            Receive<Tick>(_ => OnTick());
            Receive<JobAccepted>(_ =>
            {
                _isAccepted = true;
                OnTick();
            });
            Receive<CancelJob>(cancel =>
            {
                _isCancelled = true;
                _coordinator.Tell(cancel);
                Timers.StartSingleTimer("cancel", CancelUnanswered.Instance, s_cancelTimeout);
            });
            Receive<CancelUnanswered>(_ => end.TrySetResult(new JobFailed(
                submit.JobId,
                Invariant($"No coordinator confirmed within {s_cancelTimeout.TotalSeconds} s that the job stopped. It may still run, or have left work files in '{submit.Spec.OutputDirectory}'."),
                IsInputError: false)));
            Receive<JobProgressed>(onProgress);
            Receive<JobCompleted>(completed => end.TrySetResult(completed));
            Receive<JobFailed>(failed => end.TrySetResult(failed));
            Receive<JobCancelled>(cancelled => end.TrySetResult(cancelled));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartPeriodicTimer("tick", Tick.Instance, TimeSpan.Zero, s_askAgain);

        // Every message may get lost on the way to the singleton; all of these may be repeated.
        private void OnTick()
        {
            if (_isCancelled)
            {
                _coordinator.Tell(new CancelJob(_submit.JobId));
            }

            if (_isAccepted)
            {
                _coordinator.Tell(new WatchJob(_submit.JobId));
            }
            else if (!_isCancelled)
            {
                _coordinator.Tell(_submit);
            }
        }

        private sealed record Tick : INoSerializationVerificationNeeded
        {
            public static Tick Instance { get; } = new();
        }

        private sealed record CancelUnanswered : INoSerializationVerificationNeeded
        {
            public static CancelUnanswered Instance { get; } = new();
        }
    }
}

using System.Diagnostics;
using System.IO.Hashing;
using System.Text;

namespace Bytemill.Pipeline;

/// <summary>
/// Spans of jobs and of their phases, on the node that the coordinator is on. The number of a job's trace follows from its id, so that what another coordinator
/// begins is of the same trace.
/// </summary>
internal sealed class JobTracer : IDisposable
{
    private readonly Dictionary<string, JobSpan> _jobs = new(StringComparer.Ordinal);

    /// <summary>Begins and ends what has begun and ended since the last call. Nothing without somebody who listens.</summary>
    public void Follow(CoordinatorState state)
    {
        if (!PipelineTelemetry.Source.HasListeners())
        {
            return;
        }

        foreach (JobState job in state.Jobs)
        {
            if (!_jobs.TryGetValue(job.JobId, out JobSpan? span))
            {
                _jobs.Add(job.JobId, span = new JobSpan(job));
            }

            span.Enter(job.End is null ? job.Stage?.Kind.Phase() ?? Phase.Plan : null);
        }

        foreach ((string jobId, JobSpan span) in _jobs.Where(entry => state.Find(entry.Key) is null).ToArray())
        {
            span.End(state.EndOf(jobId));
            _jobs.Remove(jobId);
        }
    }

    /// <summary>The span that a task of the job belongs under, as W3C's <c>traceparent</c>; empty when there is none.</summary>
    public string ParentOf(string jobId) => _jobs.TryGetValue(jobId, out JobSpan? span) ? span.Id : "";

    /// <summary>The coordinator goes; another one begins spans of its own.</summary>
    public void Dispose()
    {
        foreach (JobSpan span in _jobs.Values)
        {
            span.End(null);
        }
    }

    internal static ActivityTraceId TraceOf(string jobId)
    {
        byte[] hash = XxHash128.Hash(Encoding.UTF8.GetBytes(jobId));
        return ActivityTraceId.CreateFromBytes(hash);
    }

    private sealed class JobSpan
    {
        private readonly Activity? _job;
        private Activity? _phase;
        private Phase? _entered;

        public JobSpan(JobState job)
        {
            _job = Start("job", new ActivityContext(TraceOf(job.JobId), default, ActivityTraceFlags.Recorded));
            _job?.SetTag("bytemill.job", job.JobId).SetTag("bytemill.mode", job.Spec.Mode.ToString()).SetTag("bytemill.output", job.Spec.OutputDirectory);
        }

        public string Id => (_phase ?? _job)?.Id ?? "";

        public void Enter(Phase? phase)
        {
            if (phase == _entered)
            {
                return;
            }

            _phase?.Stop();
            _entered = phase;
            _phase = phase is { } next && _job is not null ? Start($"phase {PipelineTelemetry.NameOf(next)}", _job.Context) : null;
        }

        public void End(JobEnd? end)
        {
            Enter(null);
            if (end is { Kind: JobEndKind.Failed })
            {
                _job?.SetStatus(ActivityStatusCode.Error, end.Text);
            }

            _job?.SetTag("bytemill.end", end?.Kind.ToString() ?? "the coordinator went").Stop();
        }

        // It lasts beyond the message that it is begun at: it must not be what the next one belongs to.
        private static Activity? Start(string name, ActivityContext parent)
        {
            Activity? current = Activity.Current;
            Activity? started = PipelineTelemetry.Source.StartActivity(name, ActivityKind.Internal, parent);
            Activity.Current = current;
            return started;
        }
    }
}

namespace Bytemill.Pipeline;

/// <summary>What the journal says: all that a coordinator must know of the time before it. Changed by events only.</summary>
internal sealed class CoordinatorState
{
    // Ends that watchers may still ask for.
    private const int EndedJobsKept = 100;

    private readonly List<JobState> _jobs = [];
    private readonly Dictionary<string, EndedJob> _ended = new(StringComparer.Ordinal);
    private readonly Queue<string> _endedOrder = new();

    public CoordinatorState()
    {
    }

    public CoordinatorState(CoordinatorSnapshot snapshot)
    {
        Epoch = snapshot.Epoch;
        Coordinator = snapshot.Coordinator;
        _jobs.AddRange(snapshot.Jobs.Select(job => new JobState(job)));
        foreach (EndedJob ended in snapshot.Ended)
        {
            Keep(ended);
        }
    }

    /// <summary>Number of the present coordinator; 0 before the first.</summary>
    public long Epoch { get; private set; }

    /// <summary>Who the present coordinator is; empty before the first.</summary>
    public string Coordinator { get; private set; } = "";

    /// <summary>All jobs that have not ended, in the order in which they were accepted.</summary>
    public IReadOnlyList<JobState> Jobs => _jobs;

    /// <summary>The last jobs that have ended, in their order.</summary>
    public IEnumerable<EndedJob> Ended => _endedOrder.Select(jobId => _ended[jobId]);

    public JobState? Find(string jobId) => _jobs.Find(job => job.JobId == jobId);

    /// <summary>How a job ended; <c>null</c> when it has not, or long ago.</summary>
    public JobEnd? EndOf(string jobId) => FindEnded(jobId)?.End;

    /// <summary>A job that has ended; <c>null</c> when it has not, or long ago.</summary>
    public EndedJob? FindEnded(string jobId) => _ended.GetValueOrDefault(jobId);

    public bool IsKnown(string jobId) => _ended.ContainsKey(jobId) || Find(jobId) is not null;

    /// <exception cref="InvalidDataException">The event cannot follow on those before it.</exception>
    public void Apply(CoordinatorEvent happened)
    {
        switch (happened)
        {
            case CoordinatorEvent.CoordinatorStarted e:
                Epoch = e.Epoch > Epoch ? e.Epoch : throw new InvalidDataException($"The journal contradicts itself: epoch {e.Epoch} follows on {Epoch}.");
                Coordinator = e.Coordinator;
                foreach (JobState job in _jobs)
                {
                    job.GoOn(e);
                }

                break;
            case CoordinatorEvent.JobAccepted e:
                _jobs.Add(new JobState(e));
                break;
            case CoordinatorEvent.JobPaused e:
                Get(e.JobId).Pause(e);
                break;
            case CoordinatorEvent.JobResumed e:
                Get(e.JobId).Resume(e);
                break;
            case CoordinatorEvent.JobPrioritized e:
                Get(e.JobId).Prioritize(e);
                break;
            case CoordinatorEvent.JobPlanned e:
                Get(e.JobId).Begin(e);
                break;
            case CoordinatorEvent.AttemptCommitted e:
                Get(e.JobId).Commit(e);
                break;
            case CoordinatorEvent.StageClosed e:
                Get(e.JobId).Close(e);
                break;
            case CoordinatorEvent.AttemptInvalidated e:
                Get(e.JobId).Invalidate(e);
                break;
            case CoordinatorEvent.StageReopened e:
                Get(e.JobId).Reopen(e);
                break;
            case CoordinatorEvent.JobEnding e:
                Get(e.JobId).Conclude(e);
                break;
            case CoordinatorEvent.JobEnded e:
                End(e);
                break;
            default:
                throw new InvalidOperationException($"Unknown event {happened.GetType()}.");
        }
    }

    public CoordinatorSnapshot ToSnapshot() => new(Epoch, Coordinator, [.. _jobs.Select(job => job.ToSnapshot())], [.. Ended]);

    private JobState Get(string jobId) =>
        Find(jobId) ?? throw new InvalidDataException($"The journal contradicts itself: it knows of no job {jobId} that runs or waits.");

    private void End(CoordinatorEvent.JobEnded e)
    {
        JobState? job = Find(e.JobId);
        if (job is { End: null })
        {
            // It has never begun.
            job.Conclude(new CoordinatorEvent.JobEnding(e.JobId, e.End, e.At));
        }

        Keep(new EndedJob(e.JobId, e.End, job?.Spec.Mode, job?.Spec.OutputDirectory ?? "", job?.Priority ?? 0, job?.AcceptedAt ?? 0, e.At, [.. job?.Story.Events ?? []]));
        _jobs.RemoveAll(job => job.JobId == e.JobId);
    }

    private void Keep(EndedJob ended)
    {
        _ended.Add(ended.JobId, ended);
        _endedOrder.Enqueue(ended.JobId);
        if (_endedOrder.Count > EndedJobsKept)
        {
            _ended.Remove(_endedOrder.Dequeue());
        }
    }
}

using static Bytemill.Pipeline.CoordinatorEvent;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Pipeline;

/// <summary>
/// What can be told of jobs to those who watch: what the journal says, and what the present coordinator has seen beside it. Nothing is
/// decided by it. Tasks of ended jobs are forgotten when there are many; their events as soon as the journal forgets them.
/// </summary>
internal sealed class JobChronicles
{
    // 12 MB.
    private const int MostNotesOfEnded = 250_000;

    private readonly Dictionary<string, JobChronicle> _jobs = new(StringComparer.Ordinal);
    private readonly List<string> _ended = [];

    /// <summary>The job's own; made when there is none.</summary>
    public JobChronicle Of(string jobId)
    {
        if (!_jobs.TryGetValue(jobId, out JobChronicle? job))
        {
            _jobs.Add(jobId, job = new JobChronicle());
        }

        return job;
    }

    /// <summary>Begins anew with what the journal said at an earlier time.</summary>
    public void Restore(CoordinatorState state)
    {
        _jobs.Clear();
        _ended.Clear();
        foreach (EndedJob ended in state.Ended)
        {
            Of(ended.JobId).Follow(ended.Events);
            _ended.Add(ended.JobId);
        }

        foreach (JobState job in state.Jobs)
        {
            Follow(job, now: 0);
        }
    }

    /// <summary>Takes over an event that the journal holds, or will, after <paramref name="state"/> has.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="state">What the journal says with it.</param>
    /// <param name="now">In milliseconds since 1970-01-01 UTC; 0 when it is only read.</param>
    public void Follow(CoordinatorEvent happened, CoordinatorState state, long now)
    {
        switch (happened)
        {
            case CoordinatorStarted:
                foreach (JobState job in state.Jobs)
                {
                    Follow(job, now);
                }

                break;
            case AttemptCommitted e:
                Of(e.JobId).Find(e.Stage)?.Commit(e.Index, e.Attempt.Metrics.Units);
                break;
            case AttemptInvalidated e:
                Of(e.JobId).Find(e.Stage)?.Invalidate(e.Index);
                break;
            case StageClosed e:
                Of(e.JobId).Find(e.Stage)?.Close(e.ElapsedMs);
                Follow(state, e.JobId, now);
                break;
            case JobEnded e:
                End(e, state);
                break;
            case JobAccepted e:
                Follow(state, e.JobId, now);
                break;
            case JobPlanned e:
                Follow(state, e.JobId, now);
                break;
            case JobPaused e:
                Follow(state, e.JobId, now);
                Of(e.JobId).Latest?.Hold(now);
                break;
            case JobResumed e:
                Follow(state, e.JobId, now);
                break;
            case JobPrioritized e:
                Follow(state, e.JobId, now);
                break;
            case StageReopened e:
                Follow(state, e.JobId, now);
                break;
            case JobEnding e:
                Follow(state, e.JobId, now);
                break;
            default:
                throw new InvalidOperationException($"Unknown event {happened.GetType()}.");
        }
    }

    public JobTasks Answer(GetJobTasks question, CoordinatorState state, long now) => state.IsKnown(question.JobId)
        ? Of(question.JobId).Answer(question, state.Find(question.JobId)?.Board, now)
        : new JobTasks(question.JobId, IsKnown: false, [], 0, 0, [], [], -1);

    public JobEvents Answer(GetJobEvents question, CoordinatorState state)
    {
        if (!state.IsKnown(question.JobId))
        {
            return new JobEvents(question.JobId, IsKnown: false, state.Epoch, [], 0);
        }

        JobEventLog log = Of(question.JobId).Log;
        return new JobEvents(question.JobId, IsKnown: true, state.Epoch, log.After(question.Epoch == state.Epoch ? question.After : 0), log.LastSequence);
    }

    private void Follow(CoordinatorState state, string jobId, long now)
    {
        if (state.Find(jobId) is { } job)
        {
            Follow(job, now);
        }
    }

    private void Follow(JobState job, long now)
    {
        JobChronicle chronicle = Of(job.JobId);
        chronicle.Follow(job.Story.Events);
        chronicle.Follow(job, now);
    }

    private void End(JobEnded ended, CoordinatorState state)
    {
        JobChronicle job = Of(ended.JobId);
        job.Follow(state.FindEnded(ended.JobId)!.Events);
        job.End(ended.At);
        _ended.Add(ended.JobId);
        foreach (string forgotten in _ended.Where(id => !state.IsKnown(id)).ToArray())
        {
            _ended.Remove(forgotten);
            _jobs.Remove(forgotten);
        }

        // The last to end is what is looked at.
        int notes = 0;
        for (int i = _ended.Count - 1; i >= 0; i--)
        {
            notes += Of(_ended[i]).NoteCount;
            if (notes > MostNotesOfEnded && i < _ended.Count - 1)
            {
                Of(_ended[i]).ForgetTasks();
            }
        }
    }
}

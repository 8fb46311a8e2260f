using System.Collections.Immutable;
using static Bytemill.Pipeline.CoordinatorEvent;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.Pipeline;

/// <content>The queue: which jobs run, which wait, which are paused.</content>
internal sealed partial class CoordinatorMachine
{
    internal const string PublishingRefusal = "its results are being published, which cannot be left half done";

    // A job that runs is not put out by one of a higher priority: what it has in hand would be lost. Whoever wants that pauses it.
    private void FillSlots()
    {
        int free = _maxRunning - _state.Jobs.Count(job => ControlOf(job.JobId).HasSlot);
        for (; free > 0 && Queue().FirstOrDefault(MayBegin) is { } next; free--)
        {
            ControlOf(next.JobId).TakeSlot();
            Note(next, EventSeverity.Info, next.Plan is null ? "Started: reading what there is" : "Goes on: looking whether all that was done is still there");
        }
    }

    /// <summary>Jobs that wait, first those that go first: by priority, then what is begun already, then in the order in which they came.</summary>
    private IEnumerable<JobState> Queue() => _state.Jobs
        .Where(job => job is { End: null, IsPaused: false } && !ControlOf(job.JobId).HasSlot)
        .OrderByDescending(job => job.Priority)
        .ThenByDescending(job => job.Plan is not null);

    // Two jobs at work in one directory would take each other's files for left-overs.
    private bool MayBegin(JobState job) => HolderOfOutput(job) is null;

    private JobState? HolderOfOutput(JobState job) => _state.Jobs.FirstOrDefault(
        other => other != job
            && other.Spec.OutputDirectory == job.Spec.OutputDirectory
            && (other.Plan is not null || ControlOf(other.JobId) is { HasSlot: true } or { Errand: not JobErrand.None }));

    private void OnPauseRequested(CoordinatorInput.PauseRequested m)
    {
        string refusal = "";
        if (_state.Find(m.JobId) is { End: null, IsPaused: false } job)
        {
            if (job.IsPublishing)
            {
                refusal = PublishingRefusal;
            }
            else
            {
                Emit(new JobPaused(job.JobId, _now));
                Info("Job {JobId} is paused", job.JobId);
                GiveBack(job);
            }
        }

        Report(m.From, m.JobId, refusal);
    }

    // What runs of it ends without a result, and takes no memory any more.
    private void GiveBack(JobState job)
    {
        job.Board?.LoseAll();
        ControlOf(job.JobId).LoseSlot();
        Do(new CoordinatorEffect.HoldStageClock(job.JobId));
        TellToRelease(job);
    }

    private void OnResumeRequested(CoordinatorInput.ResumeRequested m)
    {
        if (_state.Find(m.JobId) is { IsPaused: true })
        {
            Emit(new JobResumed(m.JobId, _now));
            Info("Job {JobId} is resumed", m.JobId);
            FillSlots();
        }

        Report(m.From, m.JobId);
    }

    private void OnPriorityRequested(CoordinatorInput.PriorityRequested m)
    {
        if (_state.Find(m.JobId) is { End: null } job && job.Priority != m.Priority)
        {
            Emit(new JobPrioritized(m.JobId, m.Priority, _now));
            Info("Job {JobId} has priority {Priority}", m.JobId, m.Priority);
        }

        Report(m.From, m.JobId);
    }

    private void Report(Party to, string jobId, string refusal = "")
    {
        JobReported report = _state.Find(jobId) is { } job ? new JobReported(jobId, SummaryOf(job), job.Times, job.End?.Poison, refusal)
            : _state.FindEnded(jobId) is { } ended ? new JobReported(jobId, SummaryOf(ended), [], ended.End.Poison, refusal)
            : new JobReported(jobId, null, [], null, refusal);
        Tell(to, report);
    }

    private ImmutableArray<JobSummary> ListJobs() =>
    [
        .. _state.Jobs.Where(job => ControlOf(job.JobId).HasSlot || job.End is not null)
            .Concat(Queue())
            .Concat(_state.Jobs.Where(job => job is { IsPaused: true, End: null }))
            .Select(SummaryOf),
        .. _state.Ended.Reverse().Select(SummaryOf),
    ];

    private JobSummary SummaryOf(JobState job)
    {
        JobStatus status = job.End is not null ? JobStatus.Ending
            : job.IsPaused ? JobStatus.Paused
            : ControlOf(job.JobId).HasSlot ? JobStatus.Running
            : JobStatus.Waiting;
        return new JobSummary(
            job.JobId, status, job.Spec.Mode, job.Spec.OutputDirectory, job.Priority, job.AcceptedAt, EndedAt: 0, ProgressOf(job), job.End?.Text ?? "");
    }

    private static JobSummary SummaryOf(EndedJob job) => new(
        job.JobId, job.End.Status, job.Mode, job.OutputDirectory, job.Priority, job.AcceptedAt, job.EndedAt, Progress: null, job.End.Text);

    private JobProgressed ProgressOf(JobState job) => new(
        job.JobId,
        job.Stage?.Kind.Phase() ?? Phase.Plan,
        job.Stage?.Kind.Describe() ?? "reading footers",
        job.Board?.DoneUnits ?? 0,
        job.TotalUnits,
        job.Stage?.Kind.CountsBytes() ?? false,
        job.Board?.CommittedCount ?? 0,
        job.Stage?.TaskCount ?? 0,
        _workers.Count,
        _shardHosts.Count,
        NoticeOf(job));

    private string NoticeOf(JobState job)
    {
        JobControl control = ControlOf(job.JobId);
        if (job.End is not null || control.HasSlot)
        {
            return control.Stall?.Notice ?? "";
        }

        if (job.IsPaused)
        {
            return $"the job is paused; go on with: bytemill resume {job.JobId}";
        }

        if (HolderOfOutput(job) is { } holder)
        {
            return $"waiting for job {holder.JobId}, which has the same output directory";
        }

        int before = Queue().TakeWhile(other => other != job).Count() + _state.Jobs.Count(other => ControlOf(other.JobId).HasSlot);
        return before == 1 ? "waiting for the job before it" : $"waiting for {before} jobs before it";
    }
}

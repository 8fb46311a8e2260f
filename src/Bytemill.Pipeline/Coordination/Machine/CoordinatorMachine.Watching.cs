using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <content>What is told to those who watch. Nothing is decided by it.</content>
internal sealed partial class CoordinatorMachine
{
    private readonly JobChronicles _chronicles = new();
    private readonly NodeNews _news = new();

    private long _failures;
    private long _retries;

    /// <summary>How the work stands.</summary>
    public CoordinatorFigures Figures()
    {
        ImmutableArray<JobSummary> jobs = ListJobs();
        TaskBoard<Party>[] boards = [.. _state.Jobs.Where(job => job is { End: null, Board: not null }).Select(job => job.Board!)];
        return new CoordinatorFigures(
            [.. Enum.GetValues<JobStatus>().Select(status => (status, jobs.Count(job => job.Status == status)))],
            [.. jobs.Select(job => job.Progress).OfType<JobProtocol.JobProgressed>()],
            boards.Sum(board => board.WaitingCount),
            boards.Sum(board => board.RunningCount),
            _failures,
            _retries,
            _workers.Count,
            _shardHosts.Count,
            _state.Epoch);
    }

    private StageNotes NotesOf(JobState job) => _chronicles.Of(job.JobId).Latest!;

    private void Note(JobState job, EventSeverity severity, string text, int task = -1, string owner = "") =>
        _chronicles.Of(job.JobId).Log.Add(new JobEvent(0, _now, severity, text, job.Stage?.Number ?? 0, task, owner));

    private void NoteFailure(JobState job, int index, string owner, int attempt, string reason)
    {
        _failures++;
        NotesOf(job).Fail(index, reason);
        Note(job, EventSeverity.Warning, $"Task {index} ({job.Stage!.Kind.Describe()}) failed at attempt {attempt}: {reason}", index, owner);
    }

    // An attempt is given out; not whenever it is sent.
    private void NoteAttempt(JobState job, int index, int attempt, string owner)
    {
        if (NotesOf(job).Assign(index, attempt, owner, _now) && attempt > 1)
        {
            _retries++;
            Note(job, EventSeverity.Info, $"Task {index} ({job.Stage!.Kind.Describe()}) is given out again, attempt {attempt}", index, owner);
        }
    }

    // Lost with its process: the node's loss is an event, not each of its tasks'.
    private void NoteDeath(JobState job, int index, string owner)
    {
        _failures++;
        NotesOf(job).Fail(index, $"{owner} died, or was not heard any more");
    }

    private void NoteNews()
    {
        foreach (JobEvent news in _news.Tick(_now))
        {
            foreach (JobState job in _state.Jobs.Where(job => job.End is null && ControlOf(job.JobId).HasSlot))
            {
                _chronicles.Of(job.JobId).Log.Add(news with { Stage = job.Stage?.Number ?? 0 });
            }
        }
    }
}

namespace Bytemill.Pipeline;

/// <content>What is told to those who watch. Nothing is decided by it.</content>
internal sealed partial class CoordinatorMachine
{
    private readonly JobChronicles _chronicles = new();
    private readonly NodeNews _news = new();

    private StageNotes NotesOf(JobState job) => _chronicles.Of(job.JobId).Latest!;

    private void Note(JobState job, EventSeverity severity, string text, int task = -1, string owner = "") =>
        _chronicles.Of(job.JobId).Log.Add(new JobEvent(0, _now, severity, text, job.Stage?.Number ?? 0, task, owner));

    private void NoteFailure(JobState job, int index, string owner, int attempt, string reason)
    {
        NotesOf(job).Fail(index, reason);
        Note(job, EventSeverity.Warning, $"Task {index} ({job.Stage!.Kind.Describe()}) failed at attempt {attempt}: {reason}", index, owner);
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

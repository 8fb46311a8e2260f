using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Pipeline;

/// <summary>What the coordinator has seen of one job.</summary>
internal sealed class JobChronicle
{
    // A stage on the wire, at most.
    private const int StageBytes = 56;
    private const int FewestTaskBytes = 2000;

    private readonly List<StageNotes> _stages = [];
    private long _told;

    public JobEventLog Log { get; } = new();

    /// <summary>Tasks that are remembered one by one.</summary>
    public int NoteCount => _stages.Sum(stage => stage.NoteCount);

    /// <summary>The stage that was begun last; <c>null</c> before the first.</summary>
    public StageNotes? Latest => _stages.Count == 0 ? null : _stages[^1];

    /// <summary>Takes over what the journal says has happened since.</summary>
    public void Follow(IEnumerable<JobEvent> story)
    {
        foreach (JobEvent happened in story.SkipWhile(happened => happened.Sequence <= _told))
        {
            _told = happened.Sequence;
            Log.Add(happened);
        }
    }

    /// <summary>Notes the stages that have been opened since.</summary>
    public void Follow(JobState job, long now)
    {
        if (job.Board is not { } board || Latest?.Stage.Number == board.Stage.Number)
        {
            return;
        }

        foreach (StageSpec stage in job.Stages.Where(stage => stage.Number > (Latest?.Stage.Number ?? 0) && stage.Number < board.Stage.Number))
        {
            _stages.Add(new StageNotes(stage));
        }

        // One that is gone back from is not closed by an event.
        Latest?.Stop(now);
        _stages.Add(new StageNotes(board, now));
    }

    /// <summary>The stage of a number; <c>null</c> when there is none.</summary>
    public StageNotes? Find(int number) => _stages.Find(stage => stage.Stage.Number == number);

    /// <summary>The job is over: nothing of it goes on.</summary>
    public void End(long now) => Latest?.Stop(now);

    /// <summary>Forgets the tasks and keeps the events.</summary>
    public void ForgetTasks() => _stages.Clear();

    /// <param name="question">What is asked for.</param>
    /// <param name="board">The board of the open stage; <c>null</c> when there is none.</param>
    /// <param name="now">In milliseconds since 1970-01-01 UTC.</param>
    public JobTasks Answer(GetJobTasks question, TaskBoard<Party>? board, long now)
    {
        TaskBoard<Party>? BoardOf(StageNotes stage) => board?.Stage.Number == stage.Stage.Number ? board : null;

        StageReport[] stages = [.. _stages.Select(stage => stage.Report(BoardOf(stage), now))];
        if ((question.Stage == 0 ? Latest : Find(question.Stage)) is not { } meant)
        {
            return new JobTasks(question.JobId, IsKnown: true, [.. stages], 0, 0, [], [], -1);
        }

        var cells = meant.Cells(question.First, MostCells, BoardOf(meant), now);
        int room = Math.Max(FewestTaskBytes, MessagePage.MostBytes - cells.Length - (stages.Length * StageBytes));
        (var tasks, int next) = meant.Tasks(question.First, question.Count, question.Selection, room, BoardOf(meant), now);
        return new JobTasks(question.JobId, IsKnown: true, [.. stages], meant.Stage.Number, Math.Clamp(question.First, 0, meant.Stage.TaskCount), cells, tasks, next);
    }
}

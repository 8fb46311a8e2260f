using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;

namespace Bytemill.Pipeline;

/// <summary>What the coordinator holds of the job that runs.</summary>
internal sealed class ActiveJob
{
    private readonly List<Wire.StageTime> _times = [];
    private readonly HashSet<string> _accepted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _stageOfManifest = new(StringComparer.Ordinal);
    private readonly Stopwatch _stageClock = Stopwatch.StartNew();

    public ActiveJob(JobReference reference, JobSpec spec)
    {
        Reference = reference;
        Spec = spec;
        Work = new WorkDirectory(reference.WorkDirectory);
        OutputExisted = Directory.Exists(spec.OutputDirectory);
    }

    public JobReference Reference { get; }

    public JobSpec Spec { get; }

    public WorkDirectory Work { get; }

    public JobPlan? Plan { get; private set; }

    public JobScript? Script { get; private set; }

    public TaskBoard<IActorRef>? Board { get; private set; }

    /// <summary>Hosts of the present stage's shards, by shard; empty when the stage has none.</summary>
    public ImmutableArray<IActorRef> ShardOwners { get; set; } = [];

    /// <summary>Set while no task is given out since a disk is full.</summary>
    public DiskStall? Stall { get; set; }

    /// <summary>How often the job has stood still since a task was last committed.</summary>
    public int FullDiskTries { get; set; }

    /// <summary>Whether the output directory was there before the job: then it stays when the job leaves nothing in it.</summary>
    public bool OutputExisted { get; }

    /// <summary>Whether results are on their way to their final names, which cannot be taken back half way.</summary>
    public bool IsPublishing => Stage?.Kind == StageKind.PublishResults;

    public StageSpec? Stage => Board?.Stage;

    public string OutputManifestPath => Path.Combine(Spec.OutputDirectory, ResultManifest.FileName);

    public void Begin(JobPlan plan)
    {
        Plan = plan;
        _times.Add(TimeOf(0, plan.TextBytes, plan.Files.Length, new TaskMetrics()));
        Script = JobScript.Start(Spec, plan.Size);
        OpenBoard();
    }

    /// <summary>Records a completed attempt; whether it is the committed one.</summary>
    public bool Complete(TaskIdentity task, string directory, TaskMetrics metrics)
    {
        if (Board is null || task.Stage != Board.Stage.Number)
        {
            // A repeated report of an earlier stage, its acknowledgement lost: it must not be taken for a superseded attempt.
            return _accepted.Contains(directory);
        }

        bool accepted = Board.Complete(task.Index, directory, metrics);
        if (accepted)
        {
            _accepted.Add(directory);
            FullDiskTries = 0;
        }

        return accepted;
    }

    /// <summary>Closes the complete stage and opens the next; <c>false</c> when the job is done. May be repeated when it failed.</summary>
    /// <exception cref="JobInputException">The stage showed that the input cannot be used.</exception>
    public bool Advance(int workers)
    {
        StageSpec done = Board!.Stage;
        StageManifest manifest = Board.ToManifest();
        TaskMetrics total = manifest.Metrics.Aggregate(new TaskMetrics(), TaskMetrics.Add);
        if (done.Kind == StageKind.CountNGrams && total.NormalizedBytes == 0)
        {
            throw new JobInputException(
                $"The inputs hold no text: all {total.Rows} rows of column '{Spec.TextColumn}' are empty or null. Choose another column with --text-column.");
        }

        JobScript script = Script!.Advance(total.Entries);
        if (done.Kind == StageKind.PublishResults)
        {
            Script = script;
            Board = null;
            return false;
        }

        Wire.StageTime time = TimeOf((int)done.Kind, total.Units, done.TaskCount, total);
        Work.WriteManifest(done.ManifestName, manifest);
        if (script.Current!.Kind == StageKind.PublishResults)
        {
            Work.WriteStageTimes(new Wire.StageTimes { Stages = { _times.Append(time) }, Workers = workers });
        }

        // Nothing fails from here on: what did before, such as a write to a full disk, can be done again.
        _times.Add(time);
        Script = script;
        _stageOfManifest[done.ManifestName] = done.Number;
        foreach ((string name, int stage) in _stageOfManifest.Where(entry => !Script.Live.Contains(entry.Key)).ToArray())
        {
            Work.DeleteStage(stage);
            _stageOfManifest.Remove(name);
        }

        OpenBoard();
        return true;
    }

    /// <summary>Units of the present stage: bytes of text for worker tasks, else tasks.</summary>
    public long TotalUnits => Stage is null ? 0 : !Stage.Kind.CountsBytes() ? Stage.TaskCount
        : Stage.Kind == StageKind.TokenizeFiles ? Plan!.TokenizedTextBytes
        : Plan!.TextBytes;

    private void OpenBoard()
    {
        Board = new TaskBoard<IActorRef>(Script!.Current!);
        ShardOwners = [];
        _stageClock.Restart();
    }

    private Wire.StageTime TimeOf(int kind, long units, int tasks, TaskMetrics total) => new()
    {
        Kind = kind,
        ElapsedMs = _stageClock.ElapsedMilliseconds,
        Units = units,
        Tasks = tasks,
        Total = WireStages.ToWire(total),
    };
}

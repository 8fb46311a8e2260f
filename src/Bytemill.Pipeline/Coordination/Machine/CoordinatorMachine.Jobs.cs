using System.Collections.Immutable;
using static System.FormattableString;
using static Bytemill.Pipeline.CoordinatorEffect;
using static Bytemill.Pipeline.CoordinatorEvent;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.Pipeline;

/// <content>Jobs: acceptance, plan, stages, end.</content>
internal sealed partial class CoordinatorMachine
{
    private void OnSubmitted(CoordinatorInput.JobSubmitted m)
    {
        if (!_state.IsKnown(m.JobId))
        {
            Info("Accepted job {JobId}: {Mode} to {Output}", m.JobId, m.Spec.Mode, m.Spec.OutputDirectory);

            // Of two jobs to one directory the first may have made it.
            JobState? before = _state.Jobs.FirstOrDefault(job => job.Spec.OutputDirectory == m.Spec.OutputDirectory);
            Emit(new CoordinatorEvent.JobAccepted(m.JobId, m.Spec, before?.OutputExisted ?? m.OutputExists, m.Priority, _now));
        }

        Tell(m.From, new JobProtocol.JobAccepted(m.JobId));
    }

    private void OnWatched(CoordinatorInput.JobWatched m)
    {
        if (_state.EndOf(m.JobId) is { } end)
        {
            Tell(m.From, end.ToMessage(m.JobId));
            return;
        }

        if (_state.Find(m.JobId) is null)
        {
            // It was accepted by a coordinator with another journal: whoever waits would wait for ever.
            Tell(m.From, new JobFailed(
                m.JobId,
                "The coordinator ended or moved to another node, and the job was lost with it. Run the same command again with --overwrite.",
                IsInputError: false));
            return;
        }

        if (ControlOf(m.JobId).Watchers.Add(m.From))
        {
            Do(new Watch(m.From));
        }
    }

    private void OnCancelRequested(CoordinatorInput.CancelRequested m)
    {
        if (_state.EndOf(m.JobId) is { } ended)
        {
            Tell(m.From, ended.ToMessage(m.JobId));
            return;
        }

        if (_state.Find(m.JobId) is not { } job)
        {
            // Remembered, so that its submission, still on the way, does not start it.
            Emit(new JobEnded(m.JobId, JobEnd.Cancelled, _now));
            Tell(m.From, JobEnd.Cancelled.ToMessage(m.JobId));
        }
        else if (job.Plan is null && ControlOf(m.JobId) is { HasSlot: false, Errand: JobErrand.None })
        {
            // It has never begun.
            EndForGood(job.JobId, JobEnd.Cancelled);
        }
        else if (job.End is null)
        {
            if (job.IsPublishing)
            {
                Info("Job {JobId} is not cancelled: its results are being published", m.JobId);
            }
            else
            {
                EndJob(job, JobEnd.Cancelled);
            }
        }
    }

    private void OnPlanned(CoordinatorInput.Planned m)
    {
        if (EndErrand(m.JobId) is { End: null } job)
        {
            Emit(new JobPlanned(m.JobId, m.Plan, _now));
            Info(
                "Planned job {JobId}: {Files} files, {Partitions} partitions, {TextBytes} bytes of text",
                m.JobId, m.Plan.Files, m.Plan.Size.Partitions, m.Plan.TextBytes);

            // Paused meanwhile, it is looked at like any other that goes on.
            ControlOf(m.JobId).IsChecked = ControlOf(m.JobId).HasSlot;
            BeginStage(job);
        }
    }

    private void OnPlanFailed(CoordinatorInput.PlanFailed m)
    {
        if (EndErrand(m.JobId) is { End: null } job)
        {
            EndJob(job, JobEnd.Failed(m.Reason, m.IsInputError));
        }
    }

    // The job that was waited for; null when it is gone.
    private JobState? EndErrand(string jobId)
    {
        JobState? job = _state.Find(jobId);
        if (job is not null)
        {
            ControlOf(jobId).Errand = JobErrand.None;
        }

        return job;
    }

    private void BeginStage(JobState job)
    {
        ControlOf(job.JobId).ShardOwners = [];
        if (!ControlOf(job.JobId).HasSlot)
        {
            // Paused while the stage before was closed: it begins when the job goes on.
            NotesOf(job).Hold(_now);
            return;
        }

        NotesOf(job).GoOn(_now);
        Do(new StartStageClock(job.JobId, job.Stage!.Number));
    }

    // A stage without tasks (tokenizing no files) is complete at once.
    private void CloseStage(JobState job, JobControl control)
    {
        StageSpec stage = job.Stage!;
        if (stage.Kind == StageKind.PublishResults)
        {
            EndJob(job, JobEnd.Completed(ResultManifest.PathIn(job.Spec.OutputDirectory)));
            return;
        }

        StageManifest manifest = job.Board!.ToManifest();
        TaskMetrics total = TotalOf(manifest);
        if (stage.Kind == StageKind.CountNGrams && total.NormalizedBytes == 0)
        {
            EndJob(job, JobEnd.Failed(NoText(job.Spec, total), isInputError: true));
            return;
        }

        if (StageBalance.FindFault(stage.Kind, total, job.Spec, job.Plan!.Rows, job.Times) is { } fault)
        {
            EndJob(job, JobEnd.Failed($"The counts do not balance after stage {stage.Number} ({stage.Kind.Describe()}): {fault} Nothing was published. A disk, the memory of a node, or this program is at fault: see which nodes took part, and run the job again.", isInputError: false));
            return;
        }

        bool isLast = job.Script!.Advance(total.Entries).Current!.Kind == StageKind.PublishResults;
        control.Errand = JobErrand.WritingManifest;
        Do(new WriteManifest(
            ReferenceOf(job), stage, manifest, new StageTime(stage.Kind, 0, total.Units, stage.TaskCount, total), isLast ? job.Times : null, _workers.Count));
    }

    private static string NoText(JobSpec spec, TaskMetrics total)
    {
        string leftOut = total.LeftOutRows > 0 ? $" that are not among the {total.LeftOutRows} left out" : "";
        return total.Rows == 0 && spec is not { Where: null, Sample: null }
            ? $"There is nothing to train on: of the rows{leftOut} none {string.Join(" and ", RowConditionsOf(spec))}."
            : $"The inputs hold no text: all {total.Rows} rows of column '{spec.TextColumn}'{leftOut} are empty or null. Choose another column with --text-column.";
    }

    private static IEnumerable<string> RowConditionsOf(JobSpec spec)
    {
        if (spec.Where is not null)
        {
            yield return $"meets {spec.Where} (--where)";
        }

        if (spec.Sample is { } fraction)
        {
            yield return Invariant($"is among the {fraction} of all that is drawn (--sample)");
        }
    }

    private static TaskMetrics TotalOf(StageManifest manifest) => manifest.Metrics.Aggregate(new TaskMetrics(), TaskMetrics.Add);

    private void OnManifestWritten(CoordinatorInput.ManifestWritten m)
    {
        if (EndErrand(m.JobId) is not { End: null } job)
        {
            return;
        }

        ImmutableHashSet<string> before = job.AttemptParents();
        Emit(new StageClosed(m.JobId, m.Stage, TotalOf(job.Board!.ToManifest()), m.ElapsedMs, _now));
        DeleteUnread(job, before);
        Do(new DeleteAbandoned(ReferenceOf(job), m.Stage, [.. job.CommittedDirectories()]));
        BeginStage(job);
    }

    private void DeleteUnread(JobState job, ImmutableHashSet<string> before)
    {
        ImmutableHashSet<string> unread = before.Except(job.AttemptParents());
        if (!unread.IsEmpty)
        {
            Do(new DeleteDirectories(ReferenceOf(job), [.. unread.Order(StringComparer.Ordinal)]));
        }
    }

    private void OnManifestFailed(CoordinatorInput.ManifestFailed m)
    {
        if (EndErrand(m.JobId) is not { End: null } job)
        {
            return;
        }

        if (m.IsDiskFull)
        {
            WaitForRoom(job, m.Reason);
        }
        else if (m.IsStorageFault)
        {
            // All tasks of the stage are done; the job's end would take their work with it.
            Wait(job, tries => JobStall.OfStorage(m.Reason, tries));
        }
        else
        {
            EndJob(job, JobEnd.Failed(m.Reason, isInputError: false));
        }
    }

    // Files may have been deleted, or not have reached the disk, while no coordinator lived or the job was paused.
    private void CheckAttemptsOfFormerTime(JobState job, JobControl control)
    {
        TaskBoard<Party> board = job.Board!;
        Info("Job {JobId} goes on at stage {Stage}, {Kind}: {Done} of {Tasks} tasks are done", job.JobId, board.Stage.Number, board.Stage.Kind, board.CommittedCount, board.Stage.TaskCount);
        CheckAttempts(job, control, JobErrand.CheckingAttempts);
    }

    private void CheckAttempts(JobState job, JobControl control, JobErrand errand)
    {
        control.Errand = errand;
        var open = new ClosedStage(job.Stage!, job.Board!.Committed);
        Do(new CheckAttempts(ReferenceOf(job), job.Closed, open, job.HasPublished, ReadsAll: errand == JobErrand.LookingForDamage));
    }

    private void OnAttemptsChecked(CoordinatorInput.AttemptsChecked m)
    {
        bool isTakeover = _controls.GetValueOrDefault(m.JobId)?.Errand == JobErrand.CheckingAttempts;
        if (EndErrand(m.JobId) is not { End: null } job)
        {
            return;
        }

        JobControl control = ControlOf(m.JobId);
        if (m.Obstacle is { } obstacle)
        {
            // Neither is anything known to be missing, nor may the job end for it: that would take all that is done with it.
            Wait(job, tries => JobStall.OfStorage(obstacle, tries));
            return;
        }

        control.IsChecked |= control.HasSlot;
        control.IsDamaged &= isTakeover;
        if (m.Fault is { } fault)
        {
            EndJob(job, JobEnd.Failed(fault, isInputError: false));
            return;
        }

        foreach ((int stage, int index) in m.Missing)
        {
            Warn("Files of task {Index} of stage {Stage} are gone or damaged; it is done again", index, stage);
            Emit(new AttemptInvalidated(m.JobId, stage, index));
        }

        if (!m.Missing.IsEmpty)
        {
            // Under a new number even if it is the open one: the manifest of a coordinator that is slow to die must not be taken for the right one.
            int possible = job.LastPossibleStage();
            Warn("Job {JobId} goes back from stage {Stage} to stage {Earlier}", m.JobId, job.Stage!.Number, possible);
            ImmutableHashSet<string> before = job.AttemptParents();
            Emit(new StageReopened(m.JobId, possible, job.NextNumber, _now));
            DeleteUnread(job, before);
        }

        if (isTakeover || !m.Missing.IsEmpty)
        {
            BeginStage(job);
        }
    }

    private void EndJob(JobState job, JobEnd end)
    {
        Emit(new JobEnding(job.JobId, end, _now));
        JobControl control = ControlOf(job.JobId);
        control.Stall = null;
        if (control.Errand == JobErrand.Planning)
        {
            // What planning makes, as its last step, must not outlive the job: its end is waited for.
            Do(new CancelPlanning(job.JobId));
        }

        TellToRelease(job);
    }

    private void TellToRelease(JobState job)
    {
        var release = new TaskProtocol.ReleaseJob(ReferenceOf(job));
        foreach (Party owner in _workers.Keys.Concat(_shardHosts.Values).Append(_local))
        {
            Tell(owner, release);
        }
    }

    private void OnCleanedUp(CoordinatorInput.CleanedUp m)
    {
        if (EndErrand(m.JobId) is { End: { } end })
        {
            Info("Job {JobId} ended: {End}", m.JobId, end.Kind);
            EndForGood(m.JobId, end);
        }
    }

    private void EndForGood(string jobId, JobEnd end)
    {
        Emit(new JobEnded(jobId, end, _now));
        if (_controls.Remove(jobId, out JobControl? control))
        {
            foreach (Party watcher in control.Watchers)
            {
                Tell(watcher, end.ToMessage(jobId));
            }
        }
    }

    private void TellProgress()
    {
        foreach (JobState job in _state.Jobs)
        {
            if (job.End is null && ControlOf(job.JobId).Watchers is { Count: > 0 } watchers)
            {
                JobProgressed progress = ProgressOf(job);
                foreach (Party watcher in watchers)
                {
                    Tell(watcher, progress);
                }
            }
        }
    }
}

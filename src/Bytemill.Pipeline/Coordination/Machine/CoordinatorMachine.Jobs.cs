using System.Collections.Immutable;
using static Bytemill.Pipeline.CoordinatorEffect;
using static Bytemill.Pipeline.CoordinatorEvent;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.Pipeline;

/// <content>Jobs: queue, plan, stages, end.</content>
internal sealed partial class CoordinatorMachine
{
    private void OnSubmitted(CoordinatorInput.JobSubmitted m)
    {
        if (!_state.IsKnown(m.JobId))
        {
            Info("Accepted job {JobId}: {Mode} to {Output}", m.JobId, m.Spec.Mode, m.Spec.OutputDirectory);

            // Of two jobs to one directory the first may have made it.
            JobState? before = _state.Jobs.FirstOrDefault(job => job.Spec.OutputDirectory == m.Spec.OutputDirectory);
            Emit(new CoordinatorEvent.JobAccepted(m.JobId, m.Spec, before?.OutputExisted ?? m.OutputExists));
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

        if (!_watchers.TryGetValue(m.JobId, out HashSet<Party>? watchers))
        {
            _watchers.Add(m.JobId, watchers = []);
        }

        if (watchers.Add(m.From))
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
            Emit(new JobEnded(m.JobId, JobEnd.Cancelled));
            Tell(m.From, JobEnd.Cancelled.ToMessage(m.JobId));
        }
        else if (job != _state.Active)
        {
            Emit(new JobEnded(m.JobId, JobEnd.Cancelled));
            Announce(m.JobId, JobEnd.Cancelled);
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
        _errand = Errand.None;
        if (_state.Active is { End: null } job && job.JobId == m.JobId)
        {
            Emit(new JobPlanned(m.JobId, m.Plan));
            Info(
                "Planned job {JobId}: {Files} files, {Partitions} partitions, {TextBytes} bytes of text",
                m.JobId, m.Plan.Files, m.Plan.Size.Partitions, m.Plan.TextBytes);
            BeginStage();
        }
    }

    private void OnPlanFailed(CoordinatorInput.PlanFailed m)
    {
        _errand = Errand.None;
        if (_state.Active is { End: null } job && job.JobId == m.JobId)
        {
            EndJob(job, JobEnd.Failed(m.Reason, m.IsInputError));
        }
    }

    private void BeginStage()
    {
        _shardOwners = [];
        Do(new StartStageClock());
    }

    // A stage without tasks (tokenizing no files) is complete at once.
    private void CloseStage(JobState job)
    {
        StageSpec stage = job.Stage!;
        if (stage.Kind == StageKind.PublishResults)
        {
            EndJob(job, JobEnd.Completed(Path.Combine(job.Spec.OutputDirectory, ResultManifest.FileName)));
            return;
        }

        StageManifest manifest = job.Board!.ToManifest();
        TaskMetrics total = TotalOf(manifest);
        if (stage.Kind == StageKind.CountNGrams && total.NormalizedBytes == 0)
        {
            EndJob(job, JobEnd.Failed(
                $"The inputs hold no text: all {total.Rows} rows of column '{job.Spec.TextColumn}' {(total.LeftOutRows > 0 ? $"that are not among the {total.LeftOutRows} left out " : "")}are empty or null. Choose another column with --text-column.",
                isInputError: true));
            return;
        }

        if (StageBalance.FindFault(stage.Kind, total, job.Spec, job.Plan!.Rows, job.Times) is { } fault)
        {
            EndJob(job, JobEnd.Failed($"The counts do not balance after stage {stage.Number} ({stage.Kind.Describe()}): {fault} Nothing was published. A disk, the memory of a node, or this program is at fault: see which nodes took part, and run the job again.", isInputError: false));
            return;
        }

        bool isLast = job.Script!.Advance(total.Entries).Current!.Kind == StageKind.PublishResults;
        _errand = Errand.WritingManifest;
        Do(new WriteManifest(
            ReferenceOf(job), stage, manifest, new StageTime(stage.Kind, 0, total.Units, stage.TaskCount, total), isLast ? job.Times : null, _workers.Count));
    }

    private static TaskMetrics TotalOf(StageManifest manifest) => manifest.Metrics.Aggregate(new TaskMetrics(), TaskMetrics.Add);

    private void OnManifestWritten(CoordinatorInput.ManifestWritten m)
    {
        _errand = Errand.None;
        if (_state.Active is not { End: null } job)
        {
            return;
        }

        ImmutableHashSet<string> before = job.AttemptParents();
        Emit(new StageClosed(m.JobId, m.Stage, TotalOf(job.Board!.ToManifest()), m.ElapsedMs));
        DeleteUnread(job, before);
        BeginStage();
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
        _errand = Errand.None;
        if (_state.Active is not { End: null } job)
        {
            return;
        }

        if (m.IsDiskFull)
        {
            WaitForRoom(job, m.Reason);
        }
        else
        {
            EndJob(job, JobEnd.Failed(m.Reason, isInputError: false));
        }
    }

    // Files may have been deleted, or not have reached the disk, while no coordinator lived.
    private void CheckAttemptsOfRunningJob()
    {
        if (_state.Active is not { End: null, Board: { } board } job)
        {
            return;
        }

        Info("Job {JobId} goes on at stage {Stage}, {Kind}: {Done} of {Tasks} tasks are done", job.JobId, board.Stage.Number, board.Stage.Kind, board.CommittedCount, board.Stage.TaskCount);
        CheckAttempts(job, Errand.CheckingAttempts);
    }

    private void CheckAttempts(JobState job, Errand errand)
    {
        _errand = errand;
        var open = new ClosedStage(job.Stage!, job.Board!.Committed);
        Do(new CheckAttempts(ReferenceOf(job), job.Closed, open, job.IsPublishing, ReadsAll: errand == Errand.LookingForDamage));
    }

    private void OnAttemptsChecked(CoordinatorInput.AttemptsChecked m)
    {
        bool isTakeover = _errand == Errand.CheckingAttempts;
        _errand = Errand.None;
        if (_state.Active is not { End: null } job)
        {
            return;
        }

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
            Emit(new StageReopened(m.JobId, possible, job.NextNumber));
            DeleteUnread(job, before);
        }

        if (isTakeover || !m.Missing.IsEmpty)
        {
            BeginStage();
        }
    }

    private void EndJob(JobState job, JobEnd end)
    {
        Emit(new JobEnding(job.JobId, end));
        _stall = null;
        _fullDiskTries = 0;
        if (_errand == Errand.Planning)
        {
            // What planning makes, as its last step, must not outlive the job: its end is waited for.
            Do(new CancelPlanning());
        }

        var release = new TaskProtocol.ReleaseJob(ReferenceOf(job));
        foreach (Party owner in _workers.Keys.Concat(_shardHosts.Values).Append(_local))
        {
            Tell(owner, release);
        }
    }

    private void OnCleanedUp(CoordinatorInput.CleanedUp m)
    {
        _errand = Errand.None;
        if (_state.Active is { End: { } end } job && job.JobId == m.JobId)
        {
            Emit(new JobEnded(m.JobId, end));
            Info("Job {JobId} ended: {End}", m.JobId, end.Kind);
            Announce(m.JobId, end);
        }
    }

    private void Announce(string jobId, JobEnd end)
    {
        if (_watchers.Remove(jobId, out HashSet<Party>? watchers))
        {
            foreach (Party watcher in watchers)
            {
                Tell(watcher, end.ToMessage(jobId));
            }
        }
    }

    private void TellProgress()
    {
        if (_state.Active is not { End: null } job || !_watchers.TryGetValue(job.JobId, out HashSet<Party>? watchers))
        {
            return;
        }

        var progress = new JobProgressed(
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
            _stall?.Notice ?? "");
        foreach (Party watcher in watchers)
        {
            Tell(watcher, progress);
        }
    }
}

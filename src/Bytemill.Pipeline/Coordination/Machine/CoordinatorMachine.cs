using System.Collections.Immutable;
using static Bytemill.Pipeline.CoordinatorEffect;
using static Bytemill.Pipeline.CoordinatorEvent;

namespace Bytemill.Pipeline;

/// <summary>
/// All decisions of the coordinator: which job runs, who does which task, which attempt counts, what comes next. Told what
/// happens it answers with facts for the journal and with what is to be done once they are written. It reads no clock, file or
/// random number and knows no actor, so whatever a cluster may do to it can be tried in a test.
/// </summary>
/// <remarks>
/// The facts are applied at once, before they are written: whoever carries the decisions out must take a coordinator whose
/// write failed for dead, and begin with the journal again.
/// </remarks>
internal sealed partial class CoordinatorMachine
{
    // Runners report five times a second; after this many ticks without a word the assignment may have got lost.
    internal const int SilentTicks = 25;

    internal const int MaxFailures = 3;

    // A task that takes its process down with it would else go round the cluster for ever. More than die by chance at the same task.
    internal const int MaxDeaths = 5;

    private readonly Party _local;
    private readonly int _maxRunning;
    private readonly int _maxDeaths;
    private readonly ImmutableArray<CoordinatorEvent>.Builder _events = ImmutableArray.CreateBuilder<CoordinatorEvent>();
    private readonly ImmutableArray<CoordinatorEffect>.Builder _effects = ImmutableArray.CreateBuilder<CoordinatorEffect>();
    private CoordinatorState _state = new();
    private long _now;

    // From here on what a new coordinator does not know.
    private readonly Dictionary<string, JobControl> _controls = new(StringComparer.Ordinal);
    private readonly Dictionary<Party, string> _workers = [];
    private readonly HashSet<Party> _idleWorkers = [];
    private readonly Dictionary<string, Party> _shardHosts = new(StringComparer.Ordinal);

    /// <param name="local">Runs the tasks that belong to the coordinator itself.</param>
    /// <param name="maxRunning">How many jobs run at the same time, 1 or more; others wait.</param>
    /// <param name="maxDeaths">How many processes may die at the same task before its job fails.</param>
    public CoordinatorMachine(Party local, int maxRunning = 1, int maxDeaths = MaxDeaths)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRunning, 1);
        _local = local;
        _maxRunning = maxRunning;
        _maxDeaths = maxDeaths;
    }

    /// <summary>What the journal says.</summary>
    public CoordinatorState State => _state;

    /// <summary>Begins with what the journal said at an earlier time; events after that follow.</summary>
    public void Restore(CoordinatorSnapshot snapshot)
    {
        _state = new CoordinatorState(snapshot);
        _chronicles.Restore(_state);
    }

    /// <summary>Takes over an event that the journal holds.</summary>
    public void Apply(CoordinatorEvent happened)
    {
        _state.Apply(happened);
        _chronicles.Follow(happened, _state, now: 0);
    }

    /// <summary>Decides what follows from an input.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">When, in milliseconds since 1970-01-01 UTC: written down, never decided by.</param>
    public Decision Handle(CoordinatorInput input, long now = 0)
    {
        _now = now;
        switch (input)
        {
            case CoordinatorInput.Started m:
                Emit(new CoordinatorStarted(_state.Epoch + 1, m.Coordinator, _now));
                break;
            case CoordinatorInput.JobSubmitted m:
                OnSubmitted(m);
                break;
            case CoordinatorInput.JobWatched m:
                OnWatched(m);
                return Take();
            case CoordinatorInput.CancelRequested m:
                OnCancelRequested(m);
                break;
            case CoordinatorInput.PauseRequested m:
                OnPauseRequested(m);
                break;
            case CoordinatorInput.ResumeRequested m:
                OnResumeRequested(m);
                break;
            case CoordinatorInput.PriorityRequested m:
                OnPriorityRequested(m);
                break;
            case CoordinatorInput.JobsRequested m:
                Tell(m.From, new JobProtocol.JobsListed(ListJobs(), _maxRunning));
                return Take();
            case CoordinatorInput.JobRequested m:
                Report(m.From, m.JobId);
                return Take();
            case CoordinatorInput.TasksRequested m:
                Tell(m.From, _chronicles.Answer(m.Question, _state, _now));
                return Take();
            case CoordinatorInput.EventsRequested m:
                Tell(m.From, _chronicles.Answer(m.Question, _state));
                return Take();
            case CoordinatorInput.Planned m:
                OnPlanned(m);
                break;
            case CoordinatorInput.PlanFailed m:
                OnPlanFailed(m);
                break;
            case CoordinatorInput.TaskRequested m:
                OnTaskRequested(m);
                break;
            case CoordinatorInput.ShardHostRegistered m:
                OnShardHostRegistered(m);
                break;
            case CoordinatorInput.TaskProgressed m:
                OnTaskProgressed(m);
                return Take();
            case CoordinatorInput.TaskCompleted m:
                OnTaskCompleted(m);
                break;
            case CoordinatorInput.TaskFailed m:
                OnTaskFailed(m);
                break;
            case CoordinatorInput.PartyLost m:
                OnPartyLost(m.Who, m.IsLeaving);
                break;
            case CoordinatorInput.Ticked:
                AssignSilentAgain();
                NoteNews();
                TellProgress();
                return Take();
            case CoordinatorInput.Retried m:
                OnRetried(m);
                break;
            case CoordinatorInput.ManifestWritten m:
                OnManifestWritten(m);
                break;
            case CoordinatorInput.ManifestFailed m:
                OnManifestFailed(m);
                break;
            case CoordinatorInput.AttemptsChecked m:
                OnAttemptsChecked(m);
                break;
            case CoordinatorInput.CleanedUp m:
                OnCleanedUp(m);
                break;
            default:
                throw new InvalidOperationException($"Unknown input {input.GetType()}.");
        }

        Proceed();
        return Take();
    }

    // Whatever happened: does the next thing that is due, as far as nothing has to be waited for.
    private void Proceed()
    {
        FillSlots();
        foreach (JobState job in _state.Jobs)
        {
            Proceed(job, ControlOf(job.JobId));
        }

        AssignToIdleWorkers();
    }

    private void Proceed(JobState job, JobControl control)
    {
        while (control.Errand == JobErrand.None)
        {
            if (job.End is { } end)
            {
                control.Errand = JobErrand.CleaningUp;
                Do(new CleanUp(
                    ReferenceOf(job),
                    job.Spec.OutputDirectory,
                    // Of an update most are those of the job before.
                    RemoveResults: end.Kind != JobEndKind.Completed && job.HasPublished && !job.Spec.Update,
                    job.OutputExisted));
            }
            else if (!control.HasSlot || control.Stall is not null)
            {
                return;
            }
            else if (job.Plan is null)
            {
                control.Errand = JobErrand.Planning;
                Do(new Plan(ReferenceOf(job), job.Spec));
            }
            else if (!control.IsChecked)
            {
                CheckAttemptsOfFormerTime(job, control);
            }
            else if (control.IsDamaged)
            {
                CheckAttempts(job, control, JobErrand.LookingForDamage);
            }
            else if (!job.Board!.IsComplete)
            {
                AssignToOwners(job, control);
                return;
            }
            else
            {
                CloseStage(job, control);
            }
        }
    }

    private JobControl ControlOf(string jobId)
    {
        if (!_controls.TryGetValue(jobId, out JobControl? control))
        {
            _controls.Add(jobId, control = new JobControl());
        }

        return control;
    }

    private JobReference ReferenceOf(JobState job) => new(job.JobId, _state.Epoch, JobOutput.WorkDirectoryOf(job.Spec, job.JobId));

    private void Emit(CoordinatorEvent happened)
    {
        _state.Apply(happened);
        _chronicles.Follow(happened, _state, _now);
        _events.Add(happened);
    }

    private void Do(CoordinatorEffect effect) => _effects.Add(effect);

    private void Tell(Party to, IWireMessage message) => Do(new Send(to, message));

    private void Info(string template, params ImmutableArray<object> values) => Do(new Log(IsWarning: false, template, values));

    private void Warn(string template, params ImmutableArray<object> values) => Do(new Log(IsWarning: true, template, values));

    private Decision Take()
    {
        var decision = new Decision(_events.ToImmutable(), _effects.ToImmutable());
        _events.Clear();
        _effects.Clear();
        return decision;
    }
}

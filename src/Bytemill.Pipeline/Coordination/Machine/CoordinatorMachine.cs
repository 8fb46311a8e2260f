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

    private const int MaxFailures = 3;

    private readonly Party _local;
    private readonly ImmutableArray<CoordinatorEvent>.Builder _events = ImmutableArray.CreateBuilder<CoordinatorEvent>();
    private readonly ImmutableArray<CoordinatorEffect>.Builder _effects = ImmutableArray.CreateBuilder<CoordinatorEffect>();
    private CoordinatorState _state = new();

    // From here on what a new coordinator does not know.
    private readonly Dictionary<string, HashSet<Party>> _watchers = new(StringComparer.Ordinal);
    private readonly Dictionary<Party, string> _workers = [];
    private readonly HashSet<Party> _idleWorkers = [];
    private readonly Dictionary<string, Party> _shardHosts = new(StringComparer.Ordinal);
    private ImmutableArray<Party> _shardOwners = [];
    private DiskStall? _stall;
    private int _fullDiskTries;
    private Errand _errand;

    /// <param name="local">Runs the tasks that belong to the coordinator itself.</param>
    public CoordinatorMachine(Party local) => _local = local;

    /// <summary>What the coordinator waits for before it can decide on. Only one at a time.</summary>
    private enum Errand
    {
        None,
        Planning,
        CheckingAttempts,
        LookingForDamage,
        WritingManifest,
        CleaningUp,
    }

    /// <summary>What the journal says.</summary>
    public CoordinatorState State => _state;

    /// <summary>Begins with what the journal said at an earlier time; events after that follow.</summary>
    public void Restore(CoordinatorSnapshot snapshot) => _state = new CoordinatorState(snapshot);

    /// <summary>Takes over an event that the journal holds.</summary>
    public void Apply(CoordinatorEvent happened) => _state.Apply(happened);

    /// <summary>Decides what follows from an input.</summary>
    public Decision Handle(CoordinatorInput input)
    {
        switch (input)
        {
            case CoordinatorInput.Started m:
                Emit(new CoordinatorStarted(_state.Epoch + 1, m.Coordinator));
                CheckAttemptsOfRunningJob();
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
                TellProgress();
                return Take();
            case CoordinatorInput.DiskRetried m:
                _stall = _state.Active?.JobId == m.JobId ? null : _stall;
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
        while (_errand == Errand.None && _state.Active is { } job)
        {
            if (job.End is { } end)
            {
                _errand = Errand.CleaningUp;
                Do(new CleanUp(
                    ReferenceOf(job), job.Spec.OutputDirectory, RemoveResults: end.Kind == JobEndKind.Failed && job.IsPublishing, job.OutputExisted));
            }
            else if (job.Plan is null)
            {
                _errand = Errand.Planning;
                Do(new Plan(ReferenceOf(job), job.Spec));
            }
            else if (_stall is not null)
            {
                return;
            }
            else if (!job.Board!.IsComplete)
            {
                AssignWaiting(job);
                return;
            }
            else
            {
                CloseStage(job);
            }
        }
    }

    private JobReference ReferenceOf(JobState job) => new(job.JobId, _state.Epoch, JobOutput.WorkDirectoryOf(job.Spec, job.JobId));

    private void Emit(CoordinatorEvent happened)
    {
        _state.Apply(happened);
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

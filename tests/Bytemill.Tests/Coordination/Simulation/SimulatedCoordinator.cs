using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>
/// Carries a machine's decisions out as the actor does: persists first, acts when the write is confirmed. May die at any point,
/// or live on without knowing that it has been replaced.
/// </summary>
internal sealed class SimulatedCoordinator
{
    private readonly SimulatedCluster _cluster;
    private readonly DecisionQueue _decisions = new();
    private readonly Queue<IReadOnlyList<CoordinatorEvent>> _unwritten = new();
    private readonly List<Func<CoordinatorInput>> _errands = [];
    private int _seen;
    private int _unconfirmed;
    private bool _isCarryingOut;

    /// <summary>Begins with what the journal holds at this moment.</summary>
    public SimulatedCoordinator(SimulatedCluster cluster, int maxRunning)
    {
        _cluster = cluster;
        Local = new SimulatedHost(cluster, id: null);

        // Here more die than anywhere.
        Machine = new CoordinatorMachine(Local.Party, maxRunning, maxDeaths: int.MaxValue);
        foreach (CoordinatorEvent e in cluster.Journal.Events.Skip(cluster.RestoreSnapshot(Machine)))
        {
            Machine.Apply(e);
        }

        _seen = cluster.Journal.Events.Count;
        Handle(new CoordinatorInput.Started("simulated"));
    }

    public CoordinatorMachine Machine { get; }

    public SimulatedHost Local { get; }

    public bool IsDead { get; private set; }

    /// <summary>Whether nothing of it is left to be written, confirmed or done.</summary>
    public bool IsQuiet => _unwritten.Count == 0 && _unconfirmed == 0 && _errands.Count == 0;

    public bool HasErrands => _errands.Count > 0;

    public void Handle(CoordinatorInput input)
    {
        if (IsDead)
        {
            return;
        }

        Decision decision = Machine.Handle(input);
        _decisions.Add(decision);
        if (!decision.Events.IsEmpty)
        {
            _unwritten.Enqueue(decision.Events);
        }

        CarryOut();
    }

    /// <summary>The journal takes the next write, or refuses it to one that has been replaced.</summary>
    public void Write()
    {
        if (_unwritten.TryDequeue(out IReadOnlyList<CoordinatorEvent>? events))
        {
            if (!_cluster.Journal.TryWrite(_seen, events))
            {
                IsDead = true;
                return;
            }

            _seen += events.Count;
            _unconfirmed += events.Count;
        }
    }

    /// <summary>It hears of the next event that has been written.</summary>
    public void Confirm()
    {
        if (_unconfirmed > 0 && !IsDead)
        {
            _unconfirmed--;
            _decisions.Written();
            CarryOut();
        }
    }

    /// <summary>Something that it has begun ends: planning, a timer.</summary>
    public void EndErrand(int which)
    {
        Func<CoordinatorInput> errand = _errands[which % _errands.Count];
        _errands.Remove(errand);
        Handle(errand());
    }

    private void CarryOut()
    {
        if (_isCarryingOut)
        {
            return;
        }

        _isCarryingOut = true;
        while (_decisions.TryTake(out CoordinatorEffect? effect))
        {
            Perform(effect);
        }

        _isCarryingOut = false;
    }

    private void Perform(CoordinatorEffect effect)
    {
        switch (effect)
        {
            case CoordinatorEffect.Send e:
                _cluster.Send(e.To, e.Message);
                break;
            case CoordinatorEffect.Watch e:
                _cluster.Watch(e.Who);
                break;
            case CoordinatorEffect.Plan e:
                _errands.Add(() =>
                {
                    _cluster.DiskOf(e.Job.JobId).HasPlan = true;
                    return new CoordinatorInput.Planned(e.Job.JobId, new PlanFacts(_cluster.Size, 1, _cluster.Rows, 10, 10, 0));
                });
                break;
            case CoordinatorEffect.WriteManifest e:
                if (_cluster.Happens(16))
                {
                    Handle(new CoordinatorInput.ManifestFailed(e.Job.JobId, e.Stage.Number, "full", IsDiskFull: _cluster.Happens(2), IsStorageFault: true));
                    break;
                }

                _cluster.CheckManifest(e.Job.JobId, e.Stage, e.Manifest);
                _cluster.DiskOf(e.Job.JobId).Write(e.Stage.ManifestName, e.Manifest);
                Handle(new CoordinatorInput.ManifestWritten(e.Job.JobId, e.Stage.Number, 0));
                break;
            case CoordinatorEffect.DeleteDirectories e:
                foreach (string directory in e.Directories)
                {
                    _cluster.DiskOf(e.Job.JobId).DeleteDirectory(directory);
                }

                break;
            case CoordinatorEffect.DeleteAbandoned e:
                _cluster.DiskOf(e.Job.JobId).DeleteAbandoned(e.Stage, e.Job.Epoch, e.Committed);
                break;
            case CoordinatorEffect.CheckAttempts e:
                _errands.Add(() =>
                {
                    if (_cluster.Happens(8))
                    {
                        return new CoordinatorInput.AttemptsChecked(e.Job.JobId, [], Fault: null, "out of reach");
                    }

                    (int Stage, int Index)[] missing =
                    [
                        .. from stage in e.Closed.Append(e.Open)
                           from task in stage.Attempts.Select((attempt, index) => (attempt, index))
                           where task.attempt is not null && !_cluster.DiskOf(e.Job.JobId).Holds(task.attempt.Directory)
                           select (stage.Stage.Number, task.index),
                    ];
                    return new CoordinatorInput.AttemptsChecked(e.Job.JobId, [.. missing], _cluster.DiskOf(e.Job.JobId).HasPlan ? null : "no plan");
                });
                break;
            case CoordinatorEffect.RetryAfter e:
                _errands.Add(() => new CoordinatorInput.Retried(e.JobId));
                break;
            case CoordinatorEffect.CleanUp e:
                _errands.Add(() =>
                {
                    _cluster.DiskOf(e.Job.JobId).Clear();
                    return new CoordinatorInput.CleanedUp(e.Job.JobId);
                });
                break;
            case CoordinatorEffect.CancelPlanning or CoordinatorEffect.StartStageClock or CoordinatorEffect.HoldStageClock or CoordinatorEffect.Log:
                break;
            default:
                throw new InvalidOperationException($"Unknown effect {effect}.");
        }
    }
}

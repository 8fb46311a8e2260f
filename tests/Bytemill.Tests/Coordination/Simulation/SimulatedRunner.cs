using Bytemill.Pipeline;
using static Bytemill.Pipeline.TaskProtocol;

namespace Bytemill.Tests;

/// <summary>Runs tasks and reports them as <see cref="TaskRunningActor"/> does, one step at a time.</summary>
internal sealed class SimulatedRunner
{
    private readonly SimulatedCluster _cluster;
    private readonly string? _workerId;
    private AssignTask? _current;
    private AssignTask? _next;
    private CoordinatorInput? _report;
    private string? _committed;
    private readonly Dictionary<string, long> _epochs = new(StringComparer.Ordinal);

    /// <param name="cluster">Where it lives.</param>
    /// <param name="name">For the log.</param>
    /// <param name="workerId">Asks for tasks under this name; <c>null</c> for one that is given them.</param>
    public SimulatedRunner(SimulatedCluster cluster, string name, string? workerId = null)
    {
        _cluster = cluster;
        _workerId = workerId;
        Party = new Party(new Key(name, this));
    }

    public Party Party { get; }

    public void Receive(IWireMessage message)
    {
        switch (message)
        {
            case AssignTask assign when assign.Task.Job.Epoch < _epochs.GetValueOrDefault(assign.Task.Job.JobId):
                break;
            case AssignTask assign:
                _epochs[assign.Task.Job.JobId] = assign.Task.Job.Epoch;
                if (_current is null)
                {
                    _current = assign;
                }
                else if (_current.Task != assign.Task)
                {
                    _next = assign;
                    if (_report is null)
                    {
                        // Cancelled; nothing of it is left.
                        Finish();
                    }
                }

                break;
            case TaskAcknowledged acknowledged when _current?.Task == acknowledged.Task && _report is not null && acknowledged.AttemptDirectory == (_committed ?? ""):
                if (!acknowledged.IsAccepted && _committed is not null)
                {
                    _cluster.Discard(acknowledged.Task.Job.JobId, _committed);
                }

                Finish();
                break;
            case ReleaseJob release:
                if (IsReleased(_next, release.Job))
                {
                    _next = null;
                }

                if (IsReleased(_current, release.Job))
                {
                    Finish();
                }

                break;
            default:
                break;
        }
    }

    /// <summary>Does something: works, reports, asks.</summary>
    public void Step()
    {
        if (_current is null)
        {
            if (_workerId is not null)
            {
                _cluster.Tell(new CoordinatorInput.TaskRequested(Party, _workerId));
            }
        }
        else if (_report is not null)
        {
            _cluster.Tell(_report);
        }
        else if (_cluster.Happens(4))
        {
            _cluster.Tell(new CoordinatorInput.TaskProgressed(Party, _current.Task, 1));
        }
        else
        {
            Work(_current);
            _cluster.Tell(_report!);
        }
    }

    private void Work(AssignTask assign)
    {
        TaskIdentity task = assign.Task;
        if (_cluster.Happens(16))
        {
            bool isDisk = _cluster.Happens(2);
            _report = new CoordinatorInput.TaskFailed(Party, task, "full", IsInputError: false, IsDiskFull: isDisk, IsWorkFileFault: false, IsStoreOutage: !isDisk);
            return;
        }

        if (_cluster.DiskOf(task.Job.JobId).Read(assign.Stage.Inputs) is not { } read)
        {
            _cluster.CheckMayMiss(task, assign.Stage.Inputs);
            _report = new CoordinatorInput.TaskFailed(Party, task, "gone", IsInputError: false, IsDiskFull: false, IsWorkFileFault: true);
            return;
        }

        if (assign.Stage.Kind == StageKind.PublishResults)
        {
            _cluster.Publish(task.Job.JobId, read);
        }

        _committed = _cluster.DiskOf(task.Job.JobId).Commit(task);
        _report = new CoordinatorInput.TaskCompleted(Party, task, new CommittedAttempt(_committed, SimulatedCluster.MetricsOf(task)));
    }

    private static bool IsReleased(AssignTask? assignment, JobReference job) =>
        assignment?.Task.Job is { } own && own.JobId == job.JobId && own.Epoch <= job.Epoch;

    private void Finish()
    {
        _current = _next;
        _next = null;
        _report = null;
        _committed = null;
    }

    /// <summary>What stands behind a party.</summary>
    internal sealed record Key(string Name, SimulatedRunner? Runner)
    {
        public bool Equals(Key? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
